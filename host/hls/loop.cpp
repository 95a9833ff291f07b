#include "hls/loop.hpp"

#include <algorithm>
#include <utility>

namespace parley::hls {

void post(std::function<void()> task) {
  g_idle_add_full(
      G_PRIORITY_DEFAULT,
      [](gpointer data) -> gboolean {
        (*static_cast<std::function<void()>*>(data))();
        return G_SOURCE_REMOVE;
      },
      new std::function<void()>(std::move(task)),
      [](gpointer data) { delete static_cast<std::function<void()>*>(data); });
}

void Timer::once(std::chrono::milliseconds delay, std::function<void()> action) {
  start(delay, false, std::move(action));
}

void Timer::every(std::chrono::milliseconds period, std::function<void()> action) {
  start(period, true, std::move(action));
}

void Timer::start(std::chrono::milliseconds delay, bool repeats, std::function<void()> action) {
  stop();
  struct Due {
    Timer* timer;
    bool repeats;
    std::function<void()> action;
  };
  source_ = g_timeout_add_full(
      G_PRIORITY_DEFAULT, static_cast<guint>(std::max<std::chrono::milliseconds::rep>(delay.count(), 0)),
      [](gpointer data) -> gboolean {
        const auto& due = *static_cast<Due*>(data);
        if (!due.repeats) due.timer->source_ = 0;
        // A copy: the action may start the timer anew, or end its owner.
        const auto due_action = due.action;
        const bool again = due.repeats;
        due_action();
        return again ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
      },
      new Due{.timer = this, .repeats = repeats, .action = std::move(action)},
      [](gpointer data) { delete static_cast<Due*>(data); });
}

void Timer::stop() {
  if (source_ != 0) g_source_remove(std::exchange(source_, 0));
}

}  // namespace parley::hls
