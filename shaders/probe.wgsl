// What a device does at its best: see gpu/probe.rs.
@group(0) @binding(0) var<storage, read> source: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> copied: array<vec4<f32>>;

// Copies 16 bytes a thread.
@compute @workgroup_size(64)
fn copy(@builtin(global_invocation_id) id: vec3<u32>) {
    let at = id.y * 4194240u + id.x;
    if (at < arrayLength(&copied)) {
        copied[at] = source[at];
    }
}

// 8192 operations a thread: 64 turns of sixteen vectors of four, each multiplied and added to.
@compute @workgroup_size(64)
fn compute(@builtin(global_invocation_id) id: vec3<u32>) {
    let x = source[id.x % arrayLength(&source)];
    var a = x;
    var b = x + 1.0;
    var c = x + 2.0;
    var d = x + 3.0;
    for (var turn = 0u; turn < 64u; turn++) {
        a = a * x + b;
        b = b * x + c;
        c = c * x + d;
        d = d * x + a;
        a = a * x + c;
        b = b * x + d;
        c = c * x + a;
        d = d * x + b;
        a = a * x + d;
        b = b * x + a;
        c = c * x + b;
        d = d * x + c;
        a = a * x + b;
        b = b * x + c;
        c = c * x + d;
        d = d * x + a;
    }
    copied[id.x % arrayLength(&copied)] = a + b + c + d;
}

// Does nothing worth naming.
@compute @workgroup_size(64)
fn nothing(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x == 0u) {
        copied[0].x += source[0].x;
    }
}

// Each thread of a workgroup adds to a number of its own and waits for the others, turn by turn, as those
// that walk a list of passes do.
const TURNS: u32 = 256u;
var<workgroup> walked: array<f32, 256>;

fn take_turns(thread: u32) {
    let x = source[thread].x;
    for (var turn = 0u; turn < TURNS; turn++) {
        walked[thread] += x;
        workgroupBarrier();
    }
    if (thread == 0u) {
        copied[0].x = walked[0];
    }
}

@compute @workgroup_size(64)
fn walk_of_64(@builtin(local_invocation_index) thread: u32) {
    take_turns(thread);
}

@compute @workgroup_size(256)
fn walk_of_256(@builtin(local_invocation_index) thread: u32) {
    take_turns(thread);
}
