-- What waits in some queues, as the lane that serves them sees it: under fifo the oldest of each, under fair the oldest
-- of each client in each.
-- ARGV: JSON of lane, queues (RQ's keys), fair, clients (so many of a queue are looked at), patience_s (whoever waits so
--       long is looked at), window_s, fresh_s (so long what others say is believed), told (the queues of whose jobs the
--       params matter); then the lane's time; what others are to know of it while it is idle; 1 to ring for it from now on
-- Returns the jobs, each as queue, job_id, since, client, what never changes of the record or '', runs; then since when
-- the youngest waited that went before older ones a window ago ('' for none); then lane, what it said as JSON, ... of the
-- idle lanes; then client, seconds, ... as they were served; 1 when the operator lets this lane start nothing, for
-- which nothing else is looked at; then weights, order, ... that the operator wants unloaded.
-- A lane that finds nothing listens.
local asked, lane_now_s, listens = cjson.decode(ARGV[1]), tonumber(ARGV[2]), ARGV[4] == '1'
local jobs, services, told = {}, {}, {}
for _, queue in ipairs(asked.told) do
  told[queue] = 'made'
end

local function add(queue, id, row, since)
  jobs[#jobs + 1] = {queue, id, since, row[3], told[queue] and row[5] or '', row[4] or 0}
end

-- What never changes of a record may be long: it is read only where it is told.
local function look(queue, id)
  local row = redis.call('HMGET', P .. 'job:' .. id, 'state', 'created_at', 'client', 'attempt', told[queue] or 'attempt')
  return row[1] == 'queued' and row
end

-- The front of a queue. Envelopes of jobs that do not wait any more are thrown away on the way.
local function front(queue)
  for _ = 1, 1000 do
    local id = redis.call('LINDEX', queue, 0)
    if not id then
      return
    end
    local row = look(queue, id)
    if row then
      return add(queue, id, row, row[2])
    end
    redis.call('LPOP', queue)
    redis.call('DEL', 'rq:job:' .. id)
  end
end

-- The oldest jobs of the clients that stand lowest in a queue, and of the one that has waited longest for its turn, if
-- that is so long that it may be its turn.
local function fair_fronts(queue, now)
  local lowest, seen = redis.call('ZRANGE', P .. 'line:' .. queue, 0, asked.clients - 1, 'WITHSCORES'), {}
  local function see(client, level, since)
    local id = redis.call('ZRANGE', P .. 'client:' .. client .. ':line:' .. queue, 0, 0)[1]
    local row = id and look(queue, id)
    seen[client] = true
    if row then
      add(queue, id, row, since)
      services[#services + 1] = client
      services[#services + 1] = tostring(served(tonumber(level), now))
    end
  end
  for i = 1, #lowest, 2 do
    see(lowest[i], lowest[i + 1], redis.call('ZSCORE', P .. 'since:' .. queue, lowest[i]))
  end
  local longest = redis.call('ZRANGE', P .. 'since:' .. queue, 0, 0, 'WITHSCORES')
  if longest[1] and not seen[longest[1]] and lane_now_s - tonumber(longest[2]) >= asked.patience_s then
    see(longest[1], level_of(longest[1]), longest[2])
  end
end

local function spent()
  local before = lane_now_s - asked.window_s
  local youngest = tonumber(redis.call('GET', P .. 'passed') or '-1')
  local over = redis.call('ZRANGEBYSCORE', P .. 'passes', '-inf', before)
  for _, pass in ipairs(over) do
    youngest = math.max(youngest, tonumber(string.match(pass, '^%S+')))
  end
  if #over > 0 then
    redis.call('SET', P .. 'passed', string.format('%.6f', youngest), 'EX', 86400)
    redis.call('ZREMRANGEBYSCORE', P .. 'passes', '-inf', before)
  end
  return youngest >= 0 and string.format('%.6f', youngest) or ''
end

-- An idle lane says it anew every few seconds. What a dead one has said is thrown away.
local function idlers()
  local said, living = redis.call('HGETALL', P .. 'idle'), {}
  for i = 1, #said, 2 do
    local at, what = string.match(said[i + 1], '^(%S+) (.*)$')
    if tonumber(at) < lane_now_s - asked.fresh_s then
      redis.call('HDEL', P .. 'idle', said[i])
    else
      living[#living + 1] = said[i]
      living[#living + 1] = what
    end
  end
  return living
end

local unloads = redis.call('HGETALL', P .. 'unload')
if is_drained(asked.lane) then
  redis.call('DEL', P .. 'bell:' .. asked.lane)
  redis.call('HDEL', P .. 'idle', asked.lane)
  return {{}, '', {}, {}, 1, unloads}
end

local now = now_s()
for _, queue in ipairs(asked.queues) do
  if asked.fair then
    fair_fronts(queue, now)
  else
    front(queue)
  end
end

if listens or #jobs == 0 then
  redis.call('DEL', P .. 'bell:' .. asked.lane)
  for _, queue in ipairs(asked.queues) do
    redis.call('SADD', P .. 'idle:' .. queue, asked.lane)
    redis.call('EXPIRE', P .. 'idle:' .. queue, 60)
  end
  if asked.window_s > 0 then
    redis.call('HSET', P .. 'idle', asked.lane, string.format('%.3f ', lane_now_s) .. ARGV[3])
  end
end
if asked.window_s <= 0 then
  return {jobs, '', {}, services, 0, unloads}
end
return {jobs, spent(), idlers(), services, 0, unloads}
