#include "models/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/cat.h"
#include "base/check.h"

extern char** environ;

namespace espalier {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> MergedEnvironment(const std::vector<std::string>& added) {
  std::vector<std::string> merged = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('=') + 1);
    bool replaced = false;
    for (const std::string& ours : added) replaced = replaced || ours.starts_with(name);
    if (!replaced) merged.push_back(text);
  }
  return merged;
}

}  // namespace

absl::StatusOr<int> RunChild(const ChildProcess& child) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, child.log_path.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  const std::vector<std::string> environment = MergedEnvironment(child.environment);
  pid_t id = 0;
  const int error = posix_spawnp(&id, child.arguments[0].c_str(), &files, nullptr,
                                 Pointers(child.arguments).data(), Pointers(environment).data());
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) {
    return absl::NotFoundError(Cat("cannot start '", child.arguments[0], "': ", std::strerror(error)));
  }

  bool stopped = false;
  int state = 0;
  pid_t ended = 0;
  while ((ended = waitpid(id, &state, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
    if (!stopped && !child.poll()) {
      kill(id, SIGTERM);
      stopped = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ESPALIER_CHECK(ended == id, "waitpid: ", std::strerror(errno));
  if (stopped) return absl::CancelledError(Cat("'", child.arguments[0], "' was stopped"));
  return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

}  // namespace espalier
