// Which classes a head tells apart: all that it has, or the task's own.
//
// answers[..] = for each seed and task the classes that it has, as bits: class 0's is the lowest of x.
@group(0) @binding(4) var<storage, read> answers: array<vec2<u32>>;

// The classes among which a seed's task is answered by a head, where they are its own.
fn own_classes(p: Pass, seed: u32, task: u32) -> vec2<u32> {
    if (p.head != 0u || (wave.flags & FLAG_OWN_HEADS) == 0u) {
        return vec2<u32>(0xffffffffu);
    }
    return answers[seed * wave.tasks + task];
}

// Whether classes 4q to 4q + 3 are among a head's, and among `own` where these count.
fn is_answer(p: Pass, own: vec2<u32>, quad: u32) -> vec4<bool> {
    let classes = vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(quad * 4u);
    let is_real = classes < vec4<u32>(p.units);
    if (p.head != 0u || (wave.flags & FLAG_OWN_HEADS) == 0u) {
        return is_real;
    }
    let word = select(own.x, own.y, quad >= 8u);
    let bits = (vec4<u32>(word) >> (classes & vec4<u32>(31u))) & vec4<u32>(1u);
    return is_real & (bits == vec4<u32>(1u));
}
