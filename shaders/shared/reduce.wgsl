// Sums over the threads of a team, in an order that never changes: runs of 16 threads, then the runs.
const RUN: u32 = 16u;
var<workgroup> reduce_parts: array<vec4<f32>, THREADS>;

// The sum of the `value`s of a team's threads, for all of them. Call it from uniform control flow.
fn sum_all_4(thread: u32, value: vec4<f32>) -> vec4<f32> {
    let first = thread / TEAM * TEAM;
    workgroupBarrier();
    reduce_parts[thread] = value;
    workgroupBarrier();
    let run = thread / RUN * RUN;
    var sum = vec4<f32>();
    for (var i = 0u; i < RUN; i++) {
        sum += reduce_parts[run + i];
    }
    if (TEAM > RUN) {
        workgroupBarrier();
        reduce_parts[thread] = sum;
        workgroupBarrier();
        sum = vec4<f32>();
        for (var i = 0u; i < TEAM; i += RUN) {
            sum += reduce_parts[first + i];
        }
    }
    return sum;
}

fn sum_all(thread: u32, value: f32) -> f32 {
    return sum_all_4(thread, vec4<f32>(value, 0.0, 0.0, 0.0)).x;
}

// The largest of the `value`s of a team's threads, for all of them. Call it from uniform control flow.
fn max_all(thread: u32, value: f32) -> f32 {
    let first = thread / TEAM * TEAM;
    workgroupBarrier();
    reduce_parts[thread].x = value;
    workgroupBarrier();
    let run = thread / RUN * RUN;
    var largest = reduce_parts[run].x;
    for (var i = 1u; i < RUN; i++) {
        largest = max(largest, reduce_parts[run + i].x);
    }
    if (TEAM > RUN) {
        workgroupBarrier();
        reduce_parts[thread].x = largest;
        workgroupBarrier();
        largest = reduce_parts[first].x;
        for (var i = RUN; i < TEAM; i += RUN) {
            largest = max(largest, reduce_parts[first + i].x);
        }
    }
    return largest;
}
