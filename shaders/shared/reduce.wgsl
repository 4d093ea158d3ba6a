// Sums over a workgroup of 64, in an order that never changes.
var<workgroup> reduce_parts: array<f32, 64>;

// The sum of every thread's `value`, for all threads. Call it from uniform control flow.
fn sum_all(thread: u32, value: f32) -> f32 {
    workgroupBarrier();
    reduce_parts[thread] = value;
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0u; i < THREADS; i++) {
        sum += reduce_parts[i];
    }
    return sum;
}

// The largest of every thread's `value`, for all threads.
fn max_all(thread: u32, value: f32) -> f32 {
    workgroupBarrier();
    reduce_parts[thread] = value;
    workgroupBarrier();
    var largest = reduce_parts[0];
    for (var i = 1u; i < THREADS; i++) {
        largest = max(largest, reduce_parts[i]);
    }
    return largest;
}
