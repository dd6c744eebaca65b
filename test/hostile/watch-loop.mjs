// Loaded before tsync: says on standard error at the end how much processor time the longest round of the event loop took, in ms.
// Processor time, because on a busy machine the clock tells of other programs.
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let before = cpuMs();
let longest = 0;
let begun = false;
// The first rounds load the program itself.
setTimeout(() => {
  begun = true;
}, 2000).unref();
setInterval(() => {
  const now = cpuMs();
  if (begun) longest = Math.max(longest, now - before);
  before = now;
}, 1).unref();
process.on('exit', () => process.stderr.write(`longest round ${Math.round(longest)} ms\n`));
