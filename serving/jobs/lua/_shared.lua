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

-- A job that waited or ran is over: it leaves those lists and joins the finished ones.
-- A client's finished jobs are kept in the order of their ends: a slow job must not miss its own.
local function retire(job_id, client, now)
  local mine = P .. 'client:' .. client
  redis.call('ZREM', P .. 'waiting', job_id)
  redis.call('ZREM', P .. 'running', job_id)
  redis.call('ZREM', mine .. ':waiting', job_id)
  redis.call('ZREM', mine .. ':running', job_id)
  redis.call('ZADD', P .. 'finished', now, job_id)
  redis.call('ZADD', mine .. ':finished', redis.call('INCR', P .. 'ended'), job_id)
end

-- Whether a client may send one more job now: `per_minute` at once, then one every 60 / per_minute seconds (GCRA).
-- Returns 0, or the seconds to wait.
local function must_wait(client, per_minute)
  if per_minute == 0 then
    return 0
  end
  local time = redis.call('TIME')
  local now, step = tonumber(time[1]) + tonumber(time[2]) / 1000000, 60 / per_minute
  local key = P .. 'client:' .. client .. ':pace'
  local due = math.max(now, tonumber(redis.call('GET', key) or '0'))
  if due - now > 60 - step then
    return due - now - 60 + step
  end
  redis.call('SET', key, string.format('%.6f', due + step), 'EX', 61)
  return 0
end
