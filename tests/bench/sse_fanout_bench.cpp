// Distributed under the Boost Software License, Version 1.0. See LICENSE.
//
// What a hub costs as it grows, in processor time of this thread, the kernel's included. A process
// of its own holds the readers' ends, and reads when nothing is timed. The floor beside it is a
// loop of `send` of as many bytes to the same sockets, in turns with it. Read the ratios.
//
//   memory   what an idle stream takes, of this process and of the kernel
//   fan-out  a delivery to 100, 1,000 and 10,000 readers of one topic
//   topics   an event with 1 to 10,000 topics, with one reader each
//   pattern  an event with 1 to 10,000 topics, with one reader of all of them
//   unread   publishing where nobody reads, and beside it a copy of the bytes
//   joining  a stream that comes and goes, or takes a topic with many others on and off
//   handler  publishing inside of a request handler, and outside
//   stalled  how long events take to 90 readers, without and with 10 that never read
#include "fanout_sections.hpp"

int main(int argc, char** argv) {
    using namespace sse::bench;
    const run_options options(argc, argv);
    raise_descriptors();
    reader_process ends;
    measure_memory(options, ends); // first: what was freed before would be used again
    measure_fan_out(options, ends);
    measure_topics(options, ends);
    measure_pattern(options, ends);
    measure_unread(options);
    measure_joining(options, ends);
    measure_handler(options, ends);
    measure_stalled(options, ends);
}
