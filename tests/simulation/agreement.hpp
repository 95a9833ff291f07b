#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chat_ledger.hpp"
#include "network.hpp"
#include "tab.hpp"

namespace parley::simulation {

using Tabs = std::vector<std::unique_ptr<Tab>>;

/// The first thing that these tabs, all in one room, do not agree about or have not finished; absent once
/// each is connected with each other, knows all about them and nobody else, and nothing is left to be done.
[[nodiscard]] std::optional<std::string> disagreement(const Tabs& tabs, const Network& network,
                                                      const ChatLedger& ledger);

}  // namespace parley::simulation
