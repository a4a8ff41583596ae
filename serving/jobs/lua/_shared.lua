-- What several scripts share; it is put before each of them. Above it are set P, the prefix of all keys, and EVENTS_HELD,
-- the number of events that are kept.

-- Where a client's jobs are filed, by feature and by how they ended; '' is any. Those that wait or run are in
-- short lists of their own.
local function file(job_id, client, feature, created_at, ended)
  local mine = P .. 'client:' .. client .. ':jobs:'
  redis.call('ZADD', mine .. feature .. ':' .. ended, created_at, job_id)
  redis.call('ZADD', mine .. ':' .. ended, created_at, job_id)
end

-- Say what happened to a job, for those that follow it: see jobs/events.py.
local function tell(job_id, client, what)
  redis.call('XADD', P .. 'events', 'MAXLEN', '~', EVENTS_HELD, '*', 'job', job_id, 'client', client, 'what', what)
end

local function tally(feature, event)
  redis.call('HINCRBY', P .. 'count:jobs', feature .. '|' .. event, 1)
end

local BOUNDS = {'0.1', '0.5', '1', '2', '5', '10', '30', '60', '120', '300', '600', '1800', '3600'}

local function observe(name, feature, seconds)
  local key, bound = P .. 'hist:' .. name .. ':' .. feature, '+Inf'
  for _, known in ipairs(BOUNDS) do
    if seconds <= tonumber(known) then
      bound = known
      break
    end
  end
  redis.call('HINCRBY', key, bound, 1)
  redis.call('HINCRBYFLOAT', key, 'sum', seconds)
end

-- Seconds of work that a client had, halved every HALF_LIFE_S, are kept as a level that time does not change: their
-- logarithm and the time together. So clients stay in order without anybody touching them. 0: it had nothing.
local HALF_LIFE_S = 600

local function level_of(client)
  return tonumber(redis.call('GET', P .. 'client:' .. client .. ':level') or '0')
end

local function served(level, now)
  return level == 0 and 0 or 2 ^ (level - now / HALF_LIFE_S)
end

-- Under fair a lane looks, in each of its queues, at the clients that stand lowest and the one that has waited longest
-- since its last turn there, and at the oldest job of each.
local function line_up(job_id, client, queue, seq, since)
  local mine = P .. 'client:' .. client
  redis.call('ZADD', mine .. ':line:' .. queue, seq, job_id)
  if redis.call('SADD', mine .. ':lines', queue) == 1 then
    redis.call('ZADD', P .. 'line:' .. queue, level_of(client), client)
    redis.call('ZADD', P .. 'since:' .. queue, since, client)
  end
end

-- `turn`: when it was started; nothing when it only leaves.
local function step_out(job_id, client, queue, turn)
  local mine = P .. 'client:' .. client
  if not queue or redis.call('ZREM', mine .. ':line:' .. queue, job_id) == 0 then
    return
  end
  if redis.call('EXISTS', mine .. ':line:' .. queue) == 0 then
    redis.call('SREM', mine .. ':lines', queue)
    redis.call('ZREM', P .. 'line:' .. queue, client)
    redis.call('ZREM', P .. 'since:' .. queue, client)
  elseif turn then
    redis.call('ZADD', P .. 'since:' .. queue, turn, client)
  end
end

-- Ring for the lanes that wait for jobs of a queue. A lane that is busy by now looks once in vain.
local function wake(queue)
  for _, lane in ipairs(redis.call('SMEMBERS', P .. 'idle:' .. queue)) do
    local bell = P .. 'bell:' .. lane
    redis.call('LPUSH', bell, 1)
    redis.call('LTRIM', bell, 0, 0)
    redis.call('EXPIRE', bell, 60)
  end
  redis.call('DEL', P .. 'idle:' .. queue)
end

local function now_s()
  local time = redis.call('TIME')
  return tonumber(time[1]) + tonumber(time[2]) / 1000000
end

local function serve(client, seconds)
  local now, mine = now_s(), P .. 'client:' .. client
  local sum = served(level_of(client), now) + seconds
  local level = sum > 0.000001 and string.format('%.9f', math.log(sum) / math.log(2) + now / HALF_LIFE_S) or '0'
  redis.call('SET', mine .. ':level', level, 'EX', 20 * HALF_LIFE_S)
  for _, queue in ipairs(redis.call('SMEMBERS', mine .. ':lines')) do
    redis.call('ZADD', P .. 'line:' .. queue, level, client)
  end
end

-- A run is over: its client was charged what it was expected to take, and is now what it took.
local function settle(job, client)
  local was = redis.call('HMGET', job, 'charged_s', 'charged_at')
  if was[1] then
    serve(client, now_s() - tonumber(was[2]) - tonumber(was[1]))
    redis.call('HDEL', job, 'charged_s', 'charged_at')
  end
end

-- A job that waited or ran is over: it leaves those lists and joins the finished ones. Its envelope is thrown away.
-- A client's finished jobs are kept in the order of their ends: a slow job must not miss its own.
local function retire(job_id, client, now)
  local mine = P .. 'client:' .. client
  redis.call('ZREM', P .. 'waiting', job_id)
  redis.call('ZREM', P .. 'running', job_id)
  redis.call('ZREM', mine .. ':waiting', job_id)
  redis.call('ZREM', mine .. ':running', job_id)
  step_out(job_id, client, redis.call('HGET', P .. 'job:' .. job_id, 'queue'))
  settle(P .. 'job:' .. job_id, client)
  redis.call('DEL', 'rq:job:' .. job_id)
  redis.call('ZADD', P .. 'finished', now, job_id)
  redis.call('ZADD', mine .. ':finished', redis.call('INCR', P .. 'ended'), job_id)
end

-- Whether the operator lets a lane start no job: none may, or none of its machine may. A lane's name is its host, its
-- title and its start, with a dot before each of the last two.
local function is_drained(lane)
  local host = string.match(lane, '^(.+)%.[^.]*%.[^.]*$') or lane
  local since = redis.call('HMGET', P .. 'drain', '', host)
  return since[1] or since[2]
end

-- Whether no job starts at all: 1 while that is ordered, or every living lane is held back; else 0.
local function all_are_drained()
  if redis.call('EXISTS', P .. 'drain') == 0 then
    return 0
  end
  local answer = redis.call('HEXISTS', P .. 'drain', '')
  if answer == 1 then
    return 1
  end
  for _, lane in ipairs(redis.call('SMEMBERS', P .. 'lanes')) do
    if redis.call('EXISTS', P .. 'lane:' .. lane) == 1 then
      if not is_drained(lane) then
        return 0
      end
      answer = 1
    end
  end
  return answer
end

-- Nobody sees the result by its link any more. Whether there was one.
local function unshare(job)
  local share = redis.call('HGET', job, 'share')
  if share then
    redis.call('DEL', P .. 'share:' .. share)
    redis.call('HDEL', job, 'share')
  end
  return share
end

-- Whether a client may send one more job now: `per_minute` at once, then one every 60 / per_minute seconds (GCRA).
-- Returns 0, or the seconds to wait.
local function must_wait(client, per_minute)
  if per_minute == 0 then
    return 0
  end
  local now, step = now_s(), 60 / per_minute
  local key = P .. 'client:' .. client .. ':pace'
  local due = math.max(now, tonumber(redis.call('GET', key) or '0'))
  if due - now > 60 - step then
    return due - now - 60 + step
  end
  redis.call('SET', key, string.format('%.6f', due + step), 'EX', 61)
  return 0
end
