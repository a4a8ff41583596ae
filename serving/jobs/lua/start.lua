-- QUEUED -> PROCESSING, for one run. Returns the record, or nothing when the job is not waiting.
-- KEYS: job, waiting, running     ARGV: key prefix, job_id, lane, run_id, now
-- Asked again by the same run (its first answer was lost), it answers the same.
local was = redis.call('HMGET', KEYS[1], 'state', 'run_id', 'client', 'seq')
if was[1] == 'queued' then
  local client = ARGV[1] .. 'client:' .. was[3]
  redis.call('HINCRBY', KEYS[1], 'attempt', 1)
  redis.call('HSET', KEYS[1], 'state', 'processing', 'lane', ARGV[3], 'run_id', ARGV[4], 'started_at', ARGV[5],
    'stage', 'waiting_for_model', 'progress', '0.0')
  redis.call('ZREM', KEYS[2], ARGV[2])
  redis.call('ZREM', client .. ':waiting', ARGV[2])
  redis.call('ZADD', KEYS[3], was[4], ARGV[2])
  redis.call('ZADD', client .. ':running', was[4], ARGV[2])
elseif not (was[1] == 'processing' and was[2] == ARGV[4]) then
  return {}
end
return redis.call('HGETALL', KEYS[1])
