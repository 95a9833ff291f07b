#pragma once

#include <mutex>

namespace parley::exchange {

/// A mutex that spins before it sleeps, as PTHREAD_MUTEX_ADAPTIVE_NP does, for about as long as its holder
/// needs: less than going to sleep and being woken takes. With 500 pairs talking, every eleventh message would
/// otherwise sleep for its turn.
class AdaptiveMutex {
 public:
  void lock() {
    for (int tries = 0; tries < most_tries; ++tries) {
      if (mutex_.try_lock()) return;
      for (int pauses = 0; pauses < pauses_between; ++pauses) pause();
    }
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }

 private:
  // A few microseconds altogether: more would be wasted on a holder that lost its processor.
  static constexpr int most_tries = 32;
  static constexpr int pauses_between = 4;

  static void pause() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
  }

  std::mutex mutex_;
};

}  // namespace parley::exchange
