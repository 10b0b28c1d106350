-- For wrk: sends requests that were made before, one after the other, and compares every answer.
-- Arguments: folder, number of requests, "body" if the folder has the one that must come or "any", and how many bytes of
-- its body the store must have got, or 0.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local function read(path)
  local file = assert(io.open(path, 'rb'))
  local content = file:read('*a')
  file:close()
  return content
end

function init(args)
  requests = {}
  for index = 1, tonumber(args[2]) do
    requests[index] = read(args[1] .. '/' .. (index - 1))
  end
  body = args[3] == 'body' and read(args[1] .. '/body')
  received = tonumber(args[4])
  place = 0
  wrong = 0
  right = 0
  first = ''
end

function request()
  place = place % #requests + 1
  return requests[place]
end

local function got_all(headers)
  if received == 0 then return true end
  for name, value in pairs(headers) do
    if string.lower(name) == 'x-amz-meta-received' then return tonumber(value) >= received end
  end
  return false
end

function response(status, headers, got)
  if status == 200 and (not body or got == body) and got_all(headers) then
    right = right + 1
  else
    wrong = wrong + 1
    if first == '' then first = status .. ' ' .. string.sub(got, 1, 300) end
  end
end

function done(summary, latency, all)
  local right, wrong, first = 0, 0, ''
  for _, thread in ipairs(threads) do
    right = right + thread:get('right')
    wrong = wrong + thread:get('wrong')
    first = first .. thread:get('first')
  end
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  print(string.format('CHECKED %d %d %d %d %d %d %s', right, wrong, lost, summary.duration,
    latency:percentile(50), latency:percentile(99), first))
end
