#pragma once

#include <mutex>

namespace parley::exchange {

/// A mutex for what takes less time than going to sleep and being woken does. Whoever finds it taken looks
/// again for about as long as its holder needs, and sleeps only then. With 500 pairs talking, every eleventh
/// message would otherwise have to sleep for its turn.
class BriefMutex {
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
