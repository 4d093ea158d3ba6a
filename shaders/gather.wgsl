// gather: reads the images a step asks for, as their tasks show them, as grey values 0 to 1, and scales them
// to norm 1.
//
// One workgroup for each column of each seed. Rotation is counter-clockwise as seen, bilinear,
// zero outside, about the image's middle; where tasks permute pixels, pixel i is then what pixel
// permutations[..][i] would be: the twin of data/rotate.rs.
// entries[..] = (image, task, category, item); the block of this step is found by the step counter.
@group(0) @binding(2) var<storage, read_write> acts: array<f32>;
@group(0) @binding(4) var<storage, read> permutations: array<u32>;
@group(0) @binding(6) var<storage, read> rotations: array<vec2<f32>>;
@group(0) @binding(7) var<storage, read> entries: array<vec4<u32>>;
@group(0) @binding(8) var<storage, read> images: array<u32>;
@group(0) @binding(9) var<storage, read> cursor: array<u32>;

fn grey(image: u32, y: i32, x: i32) -> f32 {
    let side = i32(wave.image_side);
    if (x < 0 || y < 0 || x >= side || y >= side) {
        return 0.0;
    }
    let at = image * wave.inputs + u32(y * side + x);
    return f32((images[at >> 2u] >> ((at & 3u) * 8u)) & 255u) / 255.0;
}

@compute @workgroup_size(THREADS)
fn gather(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let seed = group.z;
    let entry = entries[wave.entry_at + cursor[0] * wave.entry_step + seed * wave.entry_seed + group.x];
    let task = seed * wave.tasks + entry.y;
    let turn = rotations[task];
    let at = seed * wave.inputs_seed + group.x * wave.inputs_pad;
    // Whole numbers in floats, exact: software GPUs divide integers one thread after the other.
    let side = f32(wave.image_side);
    let middle = (side - 1.0) / 2.0;
    var square = 0.0;
    for (var pixel = thread; pixel < wave.inputs; pixel += THREADS) {
        var shown = pixel;
        if ((wave.flags & FLAG_PERMUTED) != 0u) {
            shown = permutations[task * wave.inputs + pixel];
        }
        let row = floor((f32(shown) + 0.5) / side);
        let dy = row - middle;
        let dx = f32(shown) - row * side - middle;
        let x = middle + turn.x * dx - turn.y * dy;
        let y = middle + turn.y * dx + turn.x * dy;
        let left = floor(x);
        let top = floor(y);
        let fx = x - left;
        let fy = y - top;
        let ix = i32(left);
        let iy = i32(top);
        let upper = grey(entry.x, iy, ix) * (1.0 - fx) + grey(entry.x, iy, ix + 1) * fx;
        let lower = grey(entry.x, iy + 1, ix) * (1.0 - fx) + grey(entry.x, iy + 1, ix + 1) * fx;
        let value = upper * (1.0 - fy) + lower * fy;
        acts[at + pixel] = value;
        square += value * value;
    }
    if ((wave.flags & FLAG_UNIT_LENGTH) == 0u) {
        return;
    }
    let scale = 1.0 / max(sqrt(sum_all(thread, square)), SILENT);
    for (var pixel = thread; pixel < wave.inputs; pixel += THREADS) {
        acts[at + pixel] *= scale;
    }
}
