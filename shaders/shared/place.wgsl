// Which columns a stage works on. A slot is a column of a sweep: see Pass.
@group(0) @binding(0) var<uniform> passes: array<Pass, PASSES>;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> acts: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> deltas: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;
@group(0) @binding(6) var<storage, read> rates: array<f32>;
@group(0) @binding(7) var<storage, read> entries: array<vec4<u32>>;
@group(0) @binding(9) var<storage, read> cursor: array<u32>;

// One column of a lane, which a team of threads works on.
struct Place {
    lane: u32,
    sweep: u32,
    column: u32,
    taken: u32,     // inner steps taken before it: as many as the sweep's number
    is_real: bool,  // teams past the last column only keep step with the others
}

// Four columns of a lane, which all threads work on.
struct Places {
    lane: u32,
    sweeps: vec4<u32>,
    columns: vec4<u32>,
    count: u32,     // how many are real: those past the last one repeat it
}

// Threads that make four units (or inputs) each; the others of a workgroup share the sums with them.
const QUADS: u32 = 64u;
const PARTS: u32 = THREADS / QUADS;

// Quads of units that a team goes through: none of a column that is not there.
fn quads_of(p: Pass, place: Place) -> u32 {
    return select(0u, p.units_pad / 4u, place.is_real);
}

// Rounds in which a team reaches every quad of units. The same for all teams.
fn rounds_of(p: Pass) -> u32 {
    return (p.units_pad / 4u + TEAM - 1u) / TEAM;
}

fn slot_of(p: Pass, place: Place) -> u32 {
    return place.sweep * wave.column_slots + place.column;
}

// The column of `passes[0]` that a workgroup of a stage alone works on.
fn place_alone(column: u32, lane: u32) -> Place {
    return Place(lane, passes[0].part.sweep, passes[0].part.column + column, passes[0].part.taken, true);
}

// The four columns of `passes[0]` that a workgroup of a stage alone works on.
fn places_alone(group: vec3<u32>) -> Places {
    let first = group.y * 4u;
    let last = vec4<u32>(passes[0].part.columns - 1u);
    let columns = min(vec4<u32>(first) + vec4<u32>(0u, 1u, 2u, 3u), last) + vec4<u32>(passes[0].part.column);
    return Places(group.z, vec4<u32>(passes[0].part.sweep), columns, min(4u, passes[0].part.columns - first));
}
