//! Resources, filters and orderings from a seed. Values are few in one world, so that both answers are common.

mod filters;
mod pool;
mod resources;
mod scalars;

pub use filters::Filters;
pub use pool::Pool;

use serde_json::Value;

use super::random::Random;
use super::schema::Schema;

/// Resources that share their values, and the source of filters about them.
pub struct World {
    pub random: Random,
    pub pool: Pool,
    pub resources: Vec<Value>,
}

impl World {
    pub fn new(seed: u64, schema: &Schema, resources: usize) -> World {
        let mut random = Random::new(seed);
        let pool = Pool::new(&mut random);
        let resources = (0..resources).map(|at| resources::resource(&mut random, &pool, schema, at)).collect();
        World { random, pool, resources }
    }

    /// A source of filters and orderings about these resources.
    pub fn filters<'w>(&'w mut self, schema: &'w Schema) -> Filters<'w> {
        Filters::new(&mut self.random, schema, &self.pool, &self.resources)
    }
}
