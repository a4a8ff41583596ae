-- What several scripts share; it is put before each of them. P, the prefix of all keys, is set above this.

-- Where a client's jobs are filed, by feature and by how they ended; '' is any. Those that wait or run are in
-- short lists of their own.
local function file(job_id, client, feature, created_at, ended)
  local mine = P .. 'client:' .. client .. ':jobs:'
  redis.call('ZADD', mine .. feature .. ':' .. ended, created_at, job_id)
  redis.call('ZADD', mine .. ':' .. ended, created_at, job_id)
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

-- Clients in the order of their oldest waiting job: under fair, lanes look at the first of them.
local function rank(client)
  local oldest = redis.call('ZRANGE', P .. 'client:' .. client .. ':waiting', 0, 0, 'WITHSCORES')
  if oldest[1] then
    redis.call('ZADD', P .. 'clients', oldest[2], client)
  else
    redis.call('ZREM', P .. 'clients', client)
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

-- Seconds of work that a client had, halved every HALF_LIFE_S.
local HALF_LIFE_S = 600

local function served(client, now)
  local was = redis.call('HMGET', P .. 'client:' .. client .. ':served', 'seconds', 'at')
  if not was[1] then
    return 0
  end
  return tonumber(was[1]) * 2 ^ (-math.max(0, now - tonumber(was[2])) / HALF_LIFE_S)
end

local function serve(client, seconds)
  local now, key = now_s(), P .. 'client:' .. client .. ':served'
  redis.call('HSET', key, 'seconds', math.max(0, served(client, now) + seconds), 'at', string.format('%.3f', now))
  redis.call('EXPIRE', key, 10 * HALF_LIFE_S)
end

-- A run is over: its client was charged what it was expected to take, and is now what it took.
local function settle(job, client)
  local was = redis.call('HMGET', job, 'charged_s', 'charged_at')
  if was[1] then
    serve(client, now_s() - tonumber(was[2]) - tonumber(was[1]))
    redis.call('HDEL', job, 'charged_s', 'charged_at')
  end
end

-- A job that waited or ran is over: it leaves those lists and joins the finished ones.
-- A client's finished jobs are kept in the order of their ends: a slow job must not miss its own.
local function retire(job_id, client, now)
  local mine = P .. 'client:' .. client
  redis.call('ZREM', P .. 'waiting', job_id)
  redis.call('ZREM', P .. 'running', job_id)
  redis.call('ZREM', mine .. ':waiting', job_id)
  redis.call('ZREM', mine .. ':running', job_id)
  rank(client)
  settle(P .. 'job:' .. job_id, client)
  redis.call('ZADD', P .. 'finished', now, job_id)
  redis.call('ZADD', mine .. ':finished', redis.call('INCR', P .. 'ended'), job_id)
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
