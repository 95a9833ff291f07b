/// What jemalloc is told (its manual, "TUNING"). With the C library's allocator a host that a crowd has left kept
/// twenty times what it needed: what is in use lies between what is free. Here a thread of jemalloc's own gives
/// it back within seconds, addresses too: a limit on these (ulimit -v) is for all threads together. For the same
/// reason there are few arenas, and not four a processor: what one thread has freed the next one finds.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,narenas:4,retain:false";
}
