"""scim2-client at work: it reads what the service says of itself, and checks every answer against that.

    client.py URL TOKEN

Exits non-zero at the first answer that is not the expected one.
"""

import sys

import httpx2
from scim2_client import SCIMClientException
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import PatchOp, PatchOperation, ResponseParameters, SCIMException, SearchRequest

NAMES = ["ada", "Bea", "cyd", "Dee", "eve"]


def equal(found, expected):
    if found != expected:
        sys.exit(f"client.py: found {found!r}, expected {expected!r}")


def names(page):
    return [user.user_name for user in page.resources or []]


def main(url, token):
    http = httpx2.Client(base_url=f"{url}/", headers={"Authorization": f"Bearer {token}"})
    scim = SyncSCIMClient(http)
    scim.discover()
    user, group = scim.get_resource_model("User"), scim.get_resource_model("Group")
    pagination = scim.provider.config.pagination
    equal((pagination.cursor, pagination.index), (True, True))

    users = []
    for name in NAMES:
        emails = [{"value": f"{name}@example.com", "type": "work", "primary": True}]
        users.append(scim.create(user(user_name=name, emails=emails, title="Boss" if name == "Bea" else None)))
    try:
        scim.create(user(user_name="ADA"))
        sys.exit("client.py: a second user of one name was created")
    except SCIMException as error:
        equal(type(error).__name__, "UniquenessException")

    # Filters and orders.
    found = lambda **query: names(scim.query(user, query_parameters=SearchRequest(**query)))
    equal(found(filter='userName eq "BEA"'), ["Bea"])
    equal(found(filter='emails[type eq "work" and value sw "c"] or userName ew "EE"', sort_by="userName"), ["cyd", "Dee"])
    equal(found(sort_by="userName", sort_order="descending"), NAMES[::-1])
    equal(found(filter="not (title pr)", sort_by="userName"), ["ada", "cyd", "Dee", "eve"])

    # Pages by index, and by cursor.
    by_index = [found(sort_by="userName", start_index=start, count=2) for start in (1, 3, 5, 7)]
    equal(by_index, [NAMES[:2], NAMES[2:4], NAMES[4:], []])
    by_cursor, cursor = [], ""
    while cursor is not None:
        page = scim.query(user, query_parameters=SearchRequest(sort_by="userName", count=2, cursor=cursor))
        equal(page.total_results, len(NAMES))
        by_cursor.append(names(page))
        cursor = page.next_cursor
    equal(by_cursor, by_index[:3])
    everything = scim.search(search_request=SearchRequest(filter='userName eq "eve" or displayName eq "Crew"'))
    equal(everything.total_results, 1)

    # A group, its members, and what users know of it.
    crew = scim.create(group(display_name="Crew", members=[{"value": users[0].id}]))
    operation = PatchOperation(op="add", path="members", value=[{"value": users[1].id}])
    scim.modify(group, crew.id, PatchOp[group](operations=[operation]))
    equal([member.value for member in scim.query(group, crew.id).members], [users[0].id, users[1].id])
    equal([one.display for one in scim.query(user, users[1].id).groups], ["Crew"])
    equal(found(filter='groups.display eq "crew"', sort_by="userName"), ["ada", "Bea"])
    only = scim.query(group, crew.id, query_parameters=ResponseParameters(excluded_attributes=["members"]))
    equal(only.members, None)

    # Changes.
    operations = [
        PatchOperation(op="replace", path='emails[type eq "work"].value', value="new@example.com"),
        PatchOperation(op="remove", path="title"),
    ]
    changed = scim.modify(user, users[1].id, PatchOp[user](operations=operations))
    equal((changed.emails[0].value, changed.title), ("new@example.com", None))
    changed.nick_name = "B"
    equal(scim.replace(changed).nick_name, "B")

    for one in users:
        scim.delete(user, one.id)
    equal(scim.query(group, crew.id).members or [], [])
    scim.delete(group, crew.id)
    equal(scim.query(user).total_results, 0)
    print(f"client.py: scim2-client and the service agree on {len(NAMES)} users and a group")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (SCIMClientException, SCIMException) as error:
        sys.exit(f"client.py: {type(error).__name__}: {error}")
