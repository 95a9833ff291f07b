#include "core/reliable.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core_outputs.hpp"

namespace parley {
namespace {

using Verdict = ReliableReceiver::Verdict;

std::vector<Sequence> kept(const ReliableSender& sender) {
  std::vector<Sequence> sequences;
  for (const auto& entry : sender.unacknowledged()) sequences.push_back(entry.sequence);
  return sequences;
}

TEST(Reliable, messages_are_numbered_from_one) {
  ReliableSender sender;
  EXPECT_EQ(sender.next(), 1U);
  sender.keep("a");
  sender.keep("b");
  EXPECT_EQ(kept(sender), (std::vector<Sequence>{1, 2}));
  EXPECT_EQ(sender.next(), 3U);
}

TEST(Reliable, a_message_is_kept_until_it_is_acknowledged) {
  ReliableSender sender;
  for (int i = 0; i < 5; ++i) sender.keep("message");
  sender.acknowledge(3);
  EXPECT_EQ(kept(sender), (std::vector<Sequence>{4, 5}));
  EXPECT_EQ(sender.first(), 4U);
}

TEST(Reliable, an_acknowledgement_that_comes_again_or_is_too_high_does_no_harm) {
  ReliableSender sender;
  sender.keep("a");
  sender.keep("b");
  sender.acknowledge(1);
  sender.acknowledge(1);
  EXPECT_EQ(kept(sender), std::vector<Sequence>{2});
  sender.acknowledge(1'000'000);
  EXPECT_EQ(kept(sender), std::vector<Sequence>{});
  EXPECT_EQ(sender.next(), 3U);
  EXPECT_EQ(sender.first(), 3U);
}

TEST(Reliable, a_stream_is_full_at_its_limit_of_messages) {
  ReliableSender sender;
  for (std::size_t i = 0; i + 1 < limits.unacknowledged; ++i) sender.keep("");
  EXPECT_FALSE(sender.full());
  sender.keep("");
  EXPECT_TRUE(sender.full());
  sender.acknowledge(1);
  EXPECT_FALSE(sender.full());
}

TEST(Reliable, a_stream_is_full_at_its_limit_of_bytes) {
  ReliableSender sender;
  sender.keep(std::string(limits.unacknowledged_bytes - 1, 'x'));
  EXPECT_FALSE(sender.full());
  sender.keep("x");
  EXPECT_TRUE(sender.full());
  sender.acknowledge(1);
  EXPECT_FALSE(sender.full());
}

TEST(Reliable, the_oldest_can_be_given_up_for_a_new_one) {
  ReliableSender sender;
  for (std::size_t i = 0; i < limits.unacknowledged; ++i) sender.keep("x");
  sender.give_up_oldest();
  EXPECT_FALSE(sender.full());
  EXPECT_EQ(sender.first(), 2U);
  sender.keep("x");
  EXPECT_EQ(kept(sender).size(), limits.unacknowledged);
}

TEST(Reliable, each_message_is_let_through_once_and_in_order) {
  ReliableReceiver receiver;
  EXPECT_EQ(receiver.receive(1, start), Verdict::accept);
  EXPECT_EQ(receiver.receive(1, start), Verdict::duplicate);
  EXPECT_EQ(receiver.receive(3, start), Verdict::gap);
  EXPECT_EQ(receiver.receive(2, start), Verdict::accept);
  EXPECT_EQ(receiver.receive(3, start), Verdict::accept);
  EXPECT_EQ(receiver.last(), 3U);
}

TEST(Reliable, a_gap_changes_nothing) {
  ReliableReceiver receiver;
  EXPECT_EQ(receiver.receive(2, start), Verdict::gap);
  EXPECT_EQ(receiver.last(), 0U);
  EXPECT_EQ(receiver.ack_due(), Deadline{});
}

TEST(Reliable, what_is_missing_can_be_given_up) {
  ReliableReceiver receiver;
  receiver.give_up_before(7);
  EXPECT_EQ(receiver.receive(7, start), Verdict::accept);
  EXPECT_EQ(receiver.last(), 7U);
}

TEST(Reliable, an_acknowledgement_waits_a_moment_for_something_to_ride_on) {
  ReliableReceiver receiver;
  EXPECT_EQ(receiver.ack_due(), Deadline{});
  (void)receiver.receive(1, start);
  EXPECT_EQ(receiver.ack_due(), start + limits.ack_delay);
  (void)receiver.receive(2, start + Duration{100});
  EXPECT_EQ(receiver.ack_due(), start + limits.ack_delay) << "a second message does not put it off";
  EXPECT_EQ(receiver.acknowledge(), 2U);
  EXPECT_EQ(receiver.ack_due(), Deadline{});
}

TEST(Reliable, an_acknowledgement_is_owed_at_once_after_many_messages) {
  ReliableReceiver receiver;
  for (Sequence i = 1; i < limits.ack_every; ++i) (void)receiver.receive(i, start);
  EXPECT_EQ(receiver.ack_due(), start + limits.ack_delay);
  (void)receiver.receive(limits.ack_every, start + Duration{5});
  EXPECT_EQ(receiver.ack_due(), start + Duration{5});
}

TEST(Reliable, a_duplicate_is_acknowledged_again) {
  ReliableReceiver receiver;
  (void)receiver.receive(1, start);
  (void)receiver.acknowledge();
  (void)receiver.receive(1, start + Duration{50});
  EXPECT_EQ(receiver.ack_due(), start + Duration{50} + limits.ack_delay);
}

TEST(Reliable, a_newcomer_to_a_stream_begins_where_it_is_told) {
  ReliableReceiver receiver(5);
  EXPECT_EQ(receiver.receive(4, start), Verdict::duplicate);
  EXPECT_EQ(receiver.receive(5, start), Verdict::accept);
  EXPECT_EQ(ReliableReceiver(0).last(), 0U) << "a peer that says 0 is read as one that says 1";
}

}  // namespace
}  // namespace parley
