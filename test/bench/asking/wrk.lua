-- Sends the requests of a file in turn, again from the first after the last, and prints what came of it as a line of JSON. The file holds
-- for each request its length in bytes, a line feed, and its bytes.
local requests = {}
local last = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local length = file:read("*n")
  while length do
    file:read(1)
    requests[#requests + 1] = file:read(length)
    length = file:read("*n")
  end
  file:close()
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary, latency)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('{"answers":%d,"refused":%d,"lost":%d,"duration":%d,"p99":%d}\n',
    summary.requests, errors.status, lost, summary.duration, latency:percentile(99)))
end
