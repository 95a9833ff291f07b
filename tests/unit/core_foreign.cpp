// Members of other protocols: clients that offer by a rule of their own and know nothing of ours.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/limits.hpp"
#include "core/negotiation.hpp"
#include "core_session_test.hpp"

namespace parley {
namespace {

using namespace std::chrono_literals;

// Who offers.

std::string foreign(const std::string& id, const std::string& offers) {
  return R"({"id":")" + id + R"(","name":"","meta":{},"incarnation":"i-)" + id +
         R"(","dialect":"fastapi","away":false)" + (offers.empty() ? "" : R"(,"offers":)" + offers) + "}";
}

class ForeignMember : public SessionTest {
 protected:
  Outputs newcomer(const std::string& member) {
    connect();
    (void)welcome();
    return hear(R"("type":"peer-joined","peer":)" + member);
  }

  Outputs roster(const std::string& member) {
    connect();
    return welcome(member);
  }

  std::string offer_from(const std::string& id) {
    return R"("type":"signal","from":")" + id +
           R"(","description":{"type":"offer","sdp":"v=0\r\na=ice-ufrag:theirs\r\n"})";
  }
};

TEST_F(ForeignMember, a_newcomer_that_is_going_to_offer_is_waited_for) {
  EXPECT_EQ(count<output::SetLocalDescription>(newcomer(foreign("z", "true"))), 0U);
  EXPECT_EQ(only<output::SetRemoteDescription>(hear(offer_from("z"))).description.type, SdpType::offer);
}

TEST_F(ForeignMember, one_that_does_not_offer_after_all_is_offered_to_after_three_seconds) {
  (void)newcomer(foreign("z", "true"));
  EXPECT_EQ(count<output::SetLocalDescription>(advance(2'999ms)), 0U);
  EXPECT_EQ(count<output::SetLocalDescription>(advance(1ms)), 1U);
}

TEST_F(ForeignMember, after_its_offer_came_there_is_no_waiting_for_it) {
  (void)newcomer(foreign("z", "true"));
  (void)hear(offer_from("z"));
  EXPECT_EQ(count<output::SetLocalDescription>(advance(5s)), 0U) << "its offer is still being applied";
}

TEST_F(ForeignMember, a_newcomer_that_is_not_going_to_offer_is_offered_to_at_once) {
  EXPECT_EQ(count<output::SetLocalDescription>(newcomer(foreign("z", "false"))), 1U);
}

TEST_F(ForeignMember, who_was_there_and_is_not_going_to_offer_is_offered_to_at_once) {
  EXPECT_EQ(count<output::SetLocalDescription>(roster(foreign("z", "false"))), 1U);
}

TEST_F(ForeignMember, who_was_there_and_is_going_to_offer_is_waited_for) {
  EXPECT_EQ(count<output::SetLocalDescription>(roster(foreign("z", "true"))), 0U);
  EXPECT_EQ(count<output::SetLocalDescription>(advance(limits.offer_patience)), 1U);
}

TEST_F(ForeignMember, of_whom_nothing_is_said_our_own_rule_holds) {
  EXPECT_EQ(count<output::SetLocalDescription>(newcomer(foreign("z", ""))), 1U);
  for (const std::string nonsense : {R"("yes")", "1", "null", "[]"}) {
    session = Session(room());
    EXPECT_EQ(count<output::SetLocalDescription>(newcomer(foreign("z", nonsense))), 1U) << nonsense;
  }
}

TEST_F(ForeignMember, it_has_no_data_channel_where_our_own_have_one) {
  EXPECT_FALSE(only<output::CreatePeer>(newcomer(foreign("z", "true"))).channel);
  EXPECT_TRUE(only<output::CreatePeer>(hear(R"("type":"peer-joined","peer":)" + peer("y"))).channel);
}

TEST_F(ForeignMember, it_may_know_no_bundle_which_our_own_do) {
  EXPECT_EQ(only<output::CreatePeer>(newcomer(foreign("z", "true"))).bundle, BundlePolicy::balanced);
  EXPECT_EQ(only<output::CreatePeer>(hear(R"("type":"peer-joined","peer":)" + peer("y"))).bundle,
            BundlePolicy::max_bundle);
}

TEST_F(ForeignMember, towards_it_we_are_polite_whatever_the_ids) {
  for (const std::string id : {"a", "z"}) {
    session = Session(room());
    (void)newcomer(foreign(id, "false"));
    (void)tell(input::LocalDescription{
        .connection = connection_of(id), .description = {.type = SdpType::offer, .sdp = "v=0"}, .slots = {}});
    EXPECT_EQ(count<output::SetRemoteDescription>(hear(offer_from(id))), 1U) << id << "'s offer is taken";
  }
}

// What is said to it.

const Slot microphone{.name = "microphone", .kind = MediaKind::audio};
const Slot one_camera{.name = "camera", .kind = MediaKind::video};
const Slot screen{.name = "screen", .kind = MediaKind::video};

std::string media(const std::string& kind, const std::string& mid,
                  const std::string& direction = "sendrecv") {
  return "m=" + kind + " 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:" + mid + "\r\na=" + direction + "\r\n";
}

/// Our side of a connection with a foreign client that says these things.
class ForeignNegotiation : public testing::Test {
 protected:
  void begin(bool waits, std::vector<Slot> slots) {
    negotiation.emplace(Negotiation::Setting{.peer = "bob",
                                             .polite = true,
                                             .waits = waits,
                                             .foreign = true,
                                             .connection = 1,
                                             .tag = 100,
                                             .ice_servers = {}},
                        std::move(slots), start, outputs);
  }

  void receive(std::variant<Description, Candidate> body) {
    negotiation->receive({.peer = "bob", .body = std::move(body), .link = std::nullopt});
  }

  void receive_offer(const std::string& lines, const std::string& ufrag = "theirs") {
    receive(Description{.type = SdpType::offer, .sdp = "v=0\r\na=ice-ufrag:" + ufrag + "\r\n" + lines});
  }

  void receive_answer() {
    receive(Description{.type = SdpType::answer, .sdp = "v=0\r\na=ice-ufrag:theirs\r\n"});
  }

  Negotiation::Outbox made(SdpType type, const SlotMap& slots = {}) {
    Negotiation::Outbox outbox;
    negotiation->local_description({.connection = 1,
                                    .description = {.type = type, .sdp = "v=0\r\na=ice-ufrag:ours\r\n"},
                                    .slots = slots},
                                   outbox);
    return outbox;
  }

  /// Takes this offer and answers it; what the browser was asked for between the two.
  Outputs answer_offer(const std::string& lines) {
    receive_offer(lines);
    (void)drain(outputs);
    negotiation->remote_description_applied();
    Outputs asked = drain(outputs);
    (void)made(SdpType::answer);
    (void)drain(outputs);
    return asked;
  }

  /// Offers and is answered.
  void offer_and_connect(const std::vector<Slot>& slots) {
    begin(false, slots);
    (void)made(SdpType::offer, {{"0", "camera"}});
    receive_answer();
    negotiation->remote_description_applied();
    (void)drain(outputs);
  }

  /// The browser's track events of the description that is being applied, in this order; nothing has a name
  /// yet.
  void added(const std::vector<std::string>& mids, MediaKind kind = MediaKind::video) {
    for (const std::string& mid : mids)
      EXPECT_EQ(negotiation->track_added(mid, kind), std::vector<NamedTrack>{});
  }

  /// Media comes in there, in this order: what comes under which name now.
  SlotMap flows(const std::vector<std::string>& mids) {
    SlotMap named;
    for (const std::string& mid : mids) {
      for (const NamedTrack& track : negotiation->track_flows(mid)) named[track.slot] = track.mid;
    }
    return named;
  }

  /// Which slot went on which m-line.
  static SlotMap bound(const Outputs& asked) {
    SlotMap places;
    for (const auto& bind : all<output::BindSlot>(asked)) places[bind.mid] = bind.slot;
    return places;
  }

  Outputs outputs;
  std::optional<Negotiation> negotiation;
};

TEST_F(ForeignNegotiation, our_slots_go_on_the_m_lines_of_its_offer_by_kind) {
  begin(true, {microphone, one_camera});
  const Outputs asked = answer_offer(media("video", "v") + media("audio", "a"));
  EXPECT_EQ(bound(asked), (SlotMap{{"v", "camera"}, {"a", "microphone"}}));
  EXPECT_EQ(count<output::AddSlot>(asked), 0U);
  EXPECT_EQ(count<output::SetLocalDescription>(asked), 1U);
}

TEST_F(ForeignNegotiation, the_first_m_line_of_a_kind_is_for_the_first_slot_of_that_kind) {
  begin(true, {one_camera, screen});
  EXPECT_EQ(bound(answer_offer(media("video", "0") + media("video", "1") + media("video", "2"))),
            (SlotMap{{"0", "camera"}, {"1", "screen"}}));
}

TEST_F(ForeignNegotiation, a_slot_that_finds_no_m_line_is_not_sent) {
  begin(true, {microphone, one_camera, screen});
  const Outputs asked = answer_offer(media("video", "0"));
  EXPECT_EQ(bound(asked), (SlotMap{{"0", "camera"}}));
  EXPECT_EQ(count<output::AddSlot>(asked), 0U) << "that would need an offer of ours";
}

TEST_F(ForeignNegotiation, an_m_line_without_a_mid_or_of_data_carries_nothing_of_ours) {
  begin(true, {one_camera});
  EXPECT_EQ(bound(answer_offer("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" + media("application", "d"))), SlotMap{});
}

TEST_F(ForeignNegotiation, a_slot_goes_where_it_would_receive_it) {
  begin(true, {one_camera});
  EXPECT_EQ(bound(answer_offer(media("video", "0", "sendonly") + media("video", "1", "recvonly"))),
            (SlotMap{{"1", "camera"}}));
}

TEST_F(ForeignNegotiation, a_second_offer_of_its_own_is_answered_too) {
  begin(true, {one_camera});
  (void)answer_offer(media("video", "0"));
  receive_offer(media("video", "0") + media("audio", "1"));
  EXPECT_EQ(count<output::SetRemoteDescription>(drain(outputs)), 1U);
  negotiation->remote_description_applied();
  EXPECT_EQ(count<output::SetLocalDescription>(drain(outputs)), 1U);
}

TEST_F(ForeignNegotiation, where_we_offer_all_slots_are_in_that_offer) {
  begin(false, {microphone, one_camera});
  const Outputs asked = drain(outputs);
  EXPECT_EQ(count<output::AddSlot>(asked), 2U);
  EXPECT_EQ(count<output::SetLocalDescription>(asked), 1U);
}

TEST_F(ForeignNegotiation, a_slot_that_opens_later_makes_no_second_offer) {
  offer_and_connect({one_camera});
  negotiation->open_slot(screen);
  negotiation->negotiation_needed();
  EXPECT_EQ(drain(outputs).size(), 0U);
}

TEST_F(ForeignNegotiation, nor_does_one_after_its_own_offer) {
  begin(true, {});
  (void)answer_offer(media("video", "0"));
  negotiation->open_slot(microphone);
  negotiation->negotiation_needed();
  EXPECT_EQ(drain(outputs).size(), 0U);
}

TEST_F(ForeignNegotiation, a_slot_that_opens_while_its_offer_is_awaited_is_placed_with_the_others) {
  begin(true, {});
  negotiation->open_slot(one_camera);
  EXPECT_EQ(bound(answer_offer(media("video", "0"))), (SlotMap{{"0", "camera"}}));
}

TEST_F(ForeignNegotiation, an_ice_restart_is_offered_once) {
  offer_and_connect({one_camera});
  negotiation->restart_ice();
  EXPECT_EQ(count<output::RestartIce>(drain(outputs)), 1U);
  negotiation->negotiation_needed();
  EXPECT_EQ(count<output::SetLocalDescription>(drain(outputs)), 1U);
  (void)made(SdpType::offer);
  receive_answer();
  negotiation->remote_description_applied();
  (void)drain(outputs);
  negotiation->negotiation_needed();
  EXPECT_EQ(drain(outputs).size(), 0U);
}

TEST_F(ForeignNegotiation, an_offer_that_collides_with_ours_is_taken) {
  begin(false, {one_camera});
  (void)made(SdpType::offer, {{"0", "camera"}});
  (void)drain(outputs);
  receive_offer(media("video", "0"));
  EXPECT_EQ(only<output::SetRemoteDescription>(drain(outputs)).description.type, SdpType::offer);
}

TEST_F(ForeignNegotiation, its_answer_and_candidates_need_no_link) {
  begin(false, {one_camera});
  (void)made(SdpType::offer, {{"0", "camera"}});
  (void)drain(outputs);
  const Candidate candidate{
      .candidate = "candidate:1", .sdp_mid = "0", .sdp_m_line_index = 0, .username_fragment = std::nullopt};
  receive(candidate);
  receive_answer();
  EXPECT_EQ(only<output::SetRemoteDescription>(drain(outputs)).description.type, SdpType::answer);
  negotiation->remote_description_applied();
  EXPECT_EQ(only<output::AddCandidate>(drain(outputs)).candidate.candidate, "candidate:1");
  EXPECT_EQ(negotiation->signaling(), SignalingState::stable);
}

// What it sends.

using Names = SlotMap;

TEST_F(ForeignNegotiation,
       its_first_line_of_a_kind_is_camera_or_microphone_the_next_a_screen_and_more_nothing) {
  begin(true, {microphone, one_camera});
  receive_offer(media("audio", "0") + media("audio", "1") + media("audio", "2") + media("video", "3") +
                media("video", "4") + media("video", "5"));
  added({"0", "1", "2"}, MediaKind::audio);
  added({"3", "4", "5"});
  EXPECT_EQ(flows({"0", "1", "2"}), (Names{{"microphone", "0"}, {"screen-sound", "1"}}));
  EXPECT_EQ(flows({"3", "4", "5"}), (Names{{"camera", "3"}, {"screen", "4"}}));
}

TEST_F(ForeignNegotiation, a_line_on_which_it_does_not_send_takes_no_name) {
  begin(true, {one_camera});
  receive_offer(media("video", "0", "recvonly") + media("video", "1", "inactive") + media("video", "2"));
  added({"2"});
  EXPECT_EQ(flows({"0", "1", "2"}), (Names{{"camera", "2"}}));
}

TEST_F(ForeignNegotiation, a_line_that_stays_empty_has_no_name_wherever_it_is) {
  begin(true, {one_camera});
  receive_offer(media("video", "0") + media("video", "1") + media("video", "2"));
  added({"0", "1", "2"});
  EXPECT_EQ(flows({"1"}), (Names{{"camera", "1"}}));
  EXPECT_EQ(flows({"1"}), Names{}) << "it has that name";
}

TEST_F(ForeignNegotiation, where_the_later_line_flows_first_the_order_is_theirs_in_the_end) {
  begin(true, {one_camera});
  receive_offer(media("video", "0") + media("video", "1"));
  added({"0", "1"});
  (void)flows({"1"});
  EXPECT_EQ(flows({"0"}), (Names{{"camera", "0"}, {"screen", "1"}}));
}

TEST_F(ForeignNegotiation, a_line_gives_its_name_to_one_before_it_that_was_only_late) {
  begin(true, {one_camera});
  receive_offer(media("video", "0") + media("video", "1") + media("video", "2"));
  added({"0", "1", "2"});
  EXPECT_EQ(flows({"2"}), (Names{{"camera", "2"}}));
  EXPECT_EQ(flows({"0"}), (Names{{"camera", "0"}, {"screen", "2"}}));
  EXPECT_EQ(flows({"1"}), (Names{{"screen", "1"}})) << "and there is no name for the third";
}

TEST_F(ForeignNegotiation, a_line_keeps_its_name_while_it_sends_and_another_takes_it_after_that) {
  begin(true, {one_camera});
  receive_offer(media("video", "0") + media("video", "1"));
  added({"0", "1"});
  (void)flows({"0", "1"});
  negotiation->remote_description_applied();
  (void)made(SdpType::answer);
  receive_offer(media("video", "0", "recvonly") + media("video", "1") + media("video", "2"));
  added({"2"});
  EXPECT_EQ(flows({"2"}), (Names{{"camera", "2"}})) << "and the screen is still the screen";
}

TEST_F(ForeignNegotiation, lines_without_mids_are_told_apart_by_their_order) {
  begin(true, {one_camera});
  const std::string line = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n";
  receive_offer(line + line);
  added({"browser-0", "browser-1"});
  negotiation->remote_description_applied();
  (void)made(SdpType::answer);
  receive_offer(line + line);
  EXPECT_EQ(flows({"browser-1"}), (Names{{"camera", "browser-1"}}));
  EXPECT_EQ(flows({"browser-0"}), (Names{{"camera", "browser-0"}, {"screen", "browser-1"}}));
}

TEST_F(ForeignNegotiation, what_it_answers_with_has_names_by_the_same_rule) {
  begin(false, {one_camera, screen});
  (void)made(SdpType::offer, {{"0", "camera"}, {"1", "screen"}});
  receive(Description{.type = SdpType::answer,
                      .sdp = "v=0\r\na=ice-ufrag:theirs\r\n" + media("video", "0", "recvonly") +
                             media("video", "1", "sendrecv")});
  added({"1"});
  EXPECT_EQ(flows({"1"}), (Names{{"camera", "1"}}));
}

TEST_F(ForeignNegotiation, an_application_with_names_of_its_own_knows_its_tracks_by_those) {
  begin(true, {{.name = "left", .kind = MediaKind::video}, {.name = "right", .kind = MediaKind::video}});
  receive_offer(media("video", "0") + media("video", "1") + media("video", "2"));
  added({"0", "1", "2"});
  EXPECT_EQ(flows({"0", "1", "2"}), (Names{{"left", "0"}, {"right", "1"}}));
}

TEST_F(ForeignNegotiation, a_track_on_no_line_of_its_description_is_nothing) {
  begin(true, {one_camera});
  receive_offer(media("video", "0"));
  added({"9"});
  EXPECT_EQ(flows({"9"}), Names{});
}

}  // namespace
}  // namespace parley
