#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "mailroom/future/job.hpp"

namespace mailroom::detail {

/// A list of jobs, linked through themselves, first in, first out.
class job_list {
public:
  bool empty() const noexcept { return head_ == nullptr; }
  job* front() const noexcept { return head_; }

  void push_back(job& j) noexcept {
    j.next = nullptr;
    *end_ = &j;
    end_ = &j.next;
  }

  job* pop_front() noexcept {
    auto* j = head_;
    if (j && !(head_ = j->next))
      end_ = &head_;
    return j;
  }

  /// Adds a job where its ticket belongs: soon, if that is near the front.
  void insert(job& j) noexcept {
    auto** place = &head_;
    while (*place && (*place)->ticket < j.ticket)
      place = &(*place)->next;
    j.next = std::exchange(*place, &j);
    if (!j.next)
      end_ = &j.next;
  }

  /// Moves all of `other` to the end of this one.
  void splice(job_list& other) noexcept {
    if (other.empty())
      return;
    *end_ = other.head_;
    end_ = other.end_;
    other.head_ = nullptr;
    other.end_ = &other.head_;
  }

  /// Takes out all that `predicate` selects, in one pass.
  template <class Predicate>
  job_list extract_if(Predicate predicate) {
    job_list kept;
    job_list out;
    while (auto* j = pop_front())
      (predicate(*j) ? out : kept).push_back(*j);
    splice(kept);
    return out;
  }

  /// Ends the list and returns its first element, for those who follow `next` themselves.
  job* release() noexcept {
    auto* first = head_;
    head_ = nullptr;
    end_ = &head_;
    return first;
  }

  job_list() noexcept = default;
  job_list(job_list&& other) noexcept { splice(other); }
  job_list& operator=(job_list&&) = delete;

private:
  job* head_ = nullptr;
  job** end_ = &head_;
};

/// Jobs in the order in which they are to be run: by priority, and in the order of their tickets.
///
/// A job of rank r goes as if it had come `r * ageing` jobs earlier. So it overtakes at most that
/// many, and nothing waits for ever. Not for several threads at once.
class run_queue {
public:
  explicit run_queue(std::size_t ageing) noexcept
    : ageing_(static_cast<std::int64_t>(std::min(ageing, most_ageing))) {}

  std::size_t size() const noexcept { return ordinary_size_ + ranked_.size(); }
  bool empty() const noexcept { return size() == 0; }

  /// Whether there are jobs of another rank than 0.
  bool has_ranked() const noexcept { return !ranked_.empty(); }

  /// Adds a job that has its ticket.
  void push(job& j) {
    if (int rank = j.rank(); rank == 0) {
      ordinary_.push_back(j);
      ++ordinary_size_;
    } else {
      ranked_.emplace(j.ticket - rank * ageing_, &j);
    }
  }

  /// Adds a job that was here before.
  void put_back(job& j) {
    if (j.rank() != 0)
      return push(j);
    ordinary_.insert(j);
    ++ordinary_size_;
  }

  /// Adds jobs of rank 0, in order.
  void append_ordinary(job_list& jobs, std::size_t count) noexcept {
    ordinary_.splice(jobs);
    ordinary_size_ += count;
  }

  /// Returns the next job; null if there is none.
  job* front() const {
    auto* first = ordinary_.front();
    if (ranked_.empty() || (first && goes_before(*first, *ranked_.begin())))
      return first;
    return ranked_.begin()->second;
  }

  /// Takes the next job; null if there is none.
  job* pop() {
    auto* next = front();
    if (next == ordinary_.front())
      return pop_ordinary();
    ranked_.erase(ranked_.begin());
    return next;
  }

  /// Takes the next job if it is to be run before an ordinary one with this ticket.
  job* pop_before(std::int64_t ticket) {
    auto* first = ordinary_.front();
    bool sooner =
      (first && first->ticket < ticket)
      || (!ranked_.empty()
          && (ranked_.begin()->first < ticket
              || (ranked_.begin()->first == ticket && ranked_.begin()->second->rank() > 0)));
    return sooner ? pop() : nullptr;
  }

  /// Takes out the job that came first of all, whatever its rank.
  job* pop_oldest() {
    auto oldest = ranked_.begin();
    for (auto i = ranked_.begin(); i != ranked_.end(); ++i)
      if (i->second->ticket < oldest->second->ticket)
        oldest = i;
    auto* first = ordinary_.front();
    if (oldest == ranked_.end() || (first && first->ticket < oldest->second->ticket))
      return pop_ordinary();
    auto* j = oldest->second;
    ranked_.erase(oldest);
    return j;
  }

  /// Takes out all that `predicate` selects.
  template <class Predicate>
  job_list extract_if(Predicate predicate) {
    std::size_t taken = 0;
    auto out = ordinary_.extract_if([&](job& j) {
      bool is = predicate(j);
      taken += is ? 1 : 0;
      return is;
    });
    ordinary_size_ -= taken;
    for (auto i = ranked_.begin(); i != ranked_.end();)
      if (predicate(*i->second)) {
        out.push_back(*i->second);
        i = ranked_.erase(i);
      } else {
        ++i;
      }
    return out;
  }

private:
  using ranked_jobs = std::multimap<std::int64_t, job*>;

  // More would overflow for the highest and lowest ranks; it is as good as for ever.
  static constexpr std::size_t most_ageing = std::size_t{1} << 31;

  static bool goes_before(const job& ordinary, const ranked_jobs::value_type& ranked) noexcept {
    return ordinary.ticket < ranked.first
           || (ordinary.ticket == ranked.first && ranked.second->rank() < 0);
  }

  job* pop_ordinary() noexcept {
    auto* j = ordinary_.pop_front();
    ordinary_size_ -= j ? 1 : 0;
    return j;
  }

  std::int64_t ageing_;
  job_list ordinary_;
  std::size_t ordinary_size_ = 0;
  ranked_jobs ranked_; // by the ticket they act as if they had
};

} // namespace mailroom::detail
