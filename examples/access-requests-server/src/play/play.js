// What is written is asked about, and the answer shown. The state is the page's address.
const at = (id) => document.getElementById(id);
const inputs = { filter: at('filter'), orderBy: at('orderBy'), schema: at('schema') };
const EXAMPLES = [
  ['', '', ''],
  ['status eq "APPROVED" AND resourceId eq "0oafxqCAJWWGELFTYASJ"', 'created desc', ''],
  ['lastUpdated gt "2022-07-01T00:00:00Z" and (status eq "PENDING" or status eq "SUBMITTED") and not (resourceType eq "APPLICATION")', 'lastUpdated asc', ''],
  ['status eq APPROVED', '', ''],
  ['stauts eq "APPROVED" and created co "2022"', 'nosuch', ''],
  ['filter=status eq "DENIED" and created ge "2022-06-01T00:00:00"', '', 'okta'],
];

const element = (name, text, ...children) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
};

const quirks = () => [...document.querySelectorAll('#quirks input:checked')].map((box) => box.value);

const state = () => {
  const now = new URLSearchParams();
  for (const [name, input] of Object.entries(inputs)) if (input.value) now.set(name, input.value);
  if (quirks().length) now.set('quirks', quirks().join(','));
  return now;
};

const take = (now) => {
  inputs.filter.value = now.get('filter') ?? '';
  inputs.orderBy.value = now.get('orderBy') ?? '';
  if ([...inputs.schema.options].some((option) => option.value === now.get('schema'))) inputs.schema.value = now.get('schema');
  const chosen = (now.get('quirks') ?? '').split(',');
  for (const box of document.querySelectorAll('#quirks input')) box.checked = chosen.includes(box.value);
};

const branch = ({ label, terms }) => {
  const text = element('code', label);
  if (terms.length) text.className = 'operator';
  return element('li', undefined, text, ...(terms.length ? [element('ul', undefined, ...terms.map(branch))] : []));
};

const statement = ({ dialect, text, params, problem }) => {
  const shown = element('pre', problem ?? text);
  shown.className = 'wrap';
  const given = (params ?? []).map((value) => element('li', undefined, element('code', value ?? 'NULL')));
  return [element('h3', dialect), shown, ...(given.length ? [element('ol', undefined, ...given)] : [])];
};

const row = (one) => element('tr', undefined, ...[one.id, one.status, one.created, one.requestedFor?.externalId, one.requested?.resourceId]
  .map((value) => element('td', value ?? '')));

const show = (answer) => {
  const { refused } = answer;
  for (const name of ['filter', 'orderBy']) inputs[name].setAttribute('aria-invalid', refused?.parameter === name);
  at('errors').replaceChildren(...(refused ? [element('pre', refused.drawn)] : []));
  at('answer').hidden = Boolean(refused);
  if (refused) {
    at('summary').textContent = refused.errors > 1 ? `Refused: ${refused.errors} errors.` : 'Refused.';
    return;
  }
  at('warnings-section').hidden = !answer.warnings.length;
  at('warnings').replaceChildren(...answer.warnings.map((one) => element('li', undefined,
    element('code', undefined, one.before, element('mark', one.marked), one.after), element('br'), `${one.code}: ${one.message}`)));
  at('canonical').textContent = `${answer.filter || '(no filter)'}\n${answer.orderBy ? `orderBy ${answer.orderBy}` : '(the order of the input)'}`;
  at('tree').replaceChildren(branch(answer.tree));
  at('words').textContent = answer.words.map(([depth, words]) => '  '.repeat(depth) + words).join('\n');
  at('sql').replaceChildren(...answer.sql.flatMap(statement));
  const { total, of, requests, none } = answer.found;
  const few = requests && requests.length < total ? `, the first ${requests.length} of them` : '';
  at('total').textContent = none ?? `${total} of ${of}${few}:`;
  at('found').replaceChildren(...(requests ?? []).map(row));
  at('summary').textContent = none ? 'Accepted.' : `Accepted: ${total} of ${of} requests match.`;
};

let asked = 0;
const ask = async () => {
  const now = state();
  const mine = ++asked;
  history.replaceState(null, '', `#${now}`);
  at('leniency-now').textContent = quirks().join(', ') || 'none';
  let answer;
  try {
    const response = await fetch(`/play/answer?${now}`);
    answer = response.ok ? await response.json() : { refused: { drawn: `The server answered ${response.status}.` } };
  } catch {
    answer = { refused: { drawn: 'The server does not answer.' } };
  }
  // What was asked later has been answered, or will be.
  if (mine === asked) show(answer);
};

let waiting;
const later = () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, 120);
};

const { schemas, quirks: known } = await (await fetch('/play/choices')).json();
inputs.schema.replaceChildren(...schemas.map((name) => new Option(name, name)));
at('examples').replaceChildren(...EXAMPLES.map(([filter], index) => new Option(index ? filter : 'choose one', index)));
for (const { id, says } of known) {
  const box = element('input');
  Object.assign(box, { type: 'checkbox', value: id });
  at('quirks').append(element('label', undefined, box, `${id}: ${says}`));
}
const choose = (set) => {
  for (const { id, sets } of known) {
    document.querySelector(`#quirks input[value="${id}"]`).checked = set === 'all' || sets.includes(set);
  }
};

at('form').addEventListener('submit', (event) => event.preventDefault());
at('form').addEventListener('input', (event) => event.target.id !== 'examples' && later());
at('examples').addEventListener('change', ({ target }) => {
  [inputs.filter.value, inputs.orderBy.value] = EXAMPLES[target.value];
  choose(EXAMPLES[target.value][2]);
  ask();
});
for (const button of document.querySelectorAll('[data-set]')) {
  button.addEventListener('click', () => { choose(button.dataset.set); ask(); });
}
at('copy').addEventListener('click', async () => {
  await ask();
  try {
    await navigator.clipboard.writeText(location.href);
    at('copied').textContent = 'Copied.';
  } catch {
    at('copied').textContent = 'The address of this page is the link.';
  }
});
addEventListener('hashchange', () => { take(new URLSearchParams(location.hash.slice(1))); ask(); });

take(new URLSearchParams(location.hash.slice(1)));
ask();
