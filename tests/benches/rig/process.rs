//! This program once more in another role, and what the kernel says of a process (on Linux; elsewhere it says nothing).

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The arguments, without what cargo adds for benches.
pub(crate) fn arguments() -> Vec<String> {
    std::env::args().skip(1).filter(|argument| argument != "--bench").collect()
}

/// The number behind an argument of this name.
pub(crate) fn number(arguments: &[String], name: &str) -> Option<u64> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1)?.parse().ok()
}

/// This program in a process of its own. It is told lines and says lines; it ends when dropped.
pub(crate) struct Player {
    child: Child,
    orders: ChildStdin,
    words: Option<BufReader<ChildStdout>>,
}

impl Player {
    pub(crate) fn start(arguments: &[&str]) -> io::Result<Self> {
        let program = std::env::current_exe()?;
        Self::run(Command::new(program).args(arguments))
    }

    /// The same, on one processor alone.
    pub(crate) fn start_on_one_processor(arguments: &[&str]) -> io::Result<Self> {
        let program = std::env::current_exe()?;
        Self::run(Command::new("taskset").args(["-c", "0"]).arg(program).args(arguments))
    }

    fn run(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let missing = || io::Error::other("no pipe");
        let orders = child.stdin.take().ok_or_else(missing)?;
        let words = child.stdout.take().ok_or_else(missing)?;
        Ok(Player { child, orders, words: Some(BufReader::new(words)) })
    }

    pub(crate) fn tell(&mut self, order: &str) -> io::Result<()> {
        writeln!(self.orders, "{order}")
    }

    /// The next line that it says.
    pub(crate) fn says(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match &mut self.words {
            Some(words) => words.read_line(&mut line)?,
            None => 0,
        };
        match line.is_empty() {
            true => Err(io::Error::other("the other process is gone")),
            false => Ok(line.trim_end().to_owned()),
        }
    }

    /// All that it says from here on.
    pub(crate) fn words(&mut self) -> Option<impl Iterator<Item = String> + Send + use<>> {
        self.words.take().map(|words| words.lines().map_while(Result::ok))
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // Gone already, if all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
}

/// The memory of this process that is in use, in KiB.
pub(crate) fn memory() -> Option<u64> {
    status("VmRSS")
}

/// The threads of this process.
pub(crate) fn threads() -> Option<u64> {
    status("Threads")
}

/// What the threads of this process have spent on a processor, in the kernel too.
pub(crate) fn processor_time() -> Option<Duration> {
    let mut spent = 0;
    for task in fs::read_dir("/proc/self/task").ok()? {
        let times = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        spent += times.split_whitespace().next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(spent))
}
