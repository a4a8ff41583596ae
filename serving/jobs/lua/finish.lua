-- PROCESSING -> COMPLETED or FAILED by the run that has it, or QUEUED -> FAILED with an empty run_id.
-- KEYS: job, waiting, running, finished, pace
-- ARGV: key prefix, job_id, run_id, history size, now, then field, value, …, the state first
-- Returns 1, or 0 when the job is not this run's (any more). Asked again, it answers the same.
local was = redis.call('HMGET', KEYS[1], 'state', 'run_id', 'client', 'seq')
local waiting = was[1] == 'queued' and ARGV[3] == '' and ARGV[7] == 'failed'
local mine = was[2] == ARGV[3]
if mine and was[1] == ARGV[7] then
  return 1
end
if not (waiting or (mine and was[1] == 'processing')) then
  return 0
end
local client = ARGV[1] .. 'client:' .. was[3]
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
local now = redis.call('HMGET', KEYS[1], 'state', 'started_at')
if now[1] == 'completed' then
  redis.call('LPUSH', KEYS[5], tonumber(ARGV[5]) - tonumber(now[2]))
  redis.call('LTRIM', KEYS[5], 0, 19)
end
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('ZREM', client .. ':waiting', ARGV[2])
redis.call('ZREM', client .. ':running', ARGV[2])
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[2])
redis.call('ZADD', client .. ':finished', was[4], ARGV[2])
-- The list shows jobs by age, but those that finished first leave it first: a slow job must not miss its own end.
redis.call('LPUSH', client .. ':ended', ARGV[2])
while redis.call('LLEN', client .. ':ended') > tonumber(ARGV[4]) do
  redis.call('ZREM', client .. ':finished', redis.call('RPOP', client .. ':ended'))
end
return 1
