-- QUEUED -> PROCESSING, for one run. Returns the record, or nothing when the job is not waiting.
-- KEYS: job, waiting, running     ARGV: job_id, lane, run_id, now
-- Asked again by the same run (its first answer was lost), it answers the same.
local was = redis.call('HMGET', KEYS[1], 'state', 'run_id', 'client', 'seq', 'feature', 'created_at', 'attempt')
if was[1] == 'queued' then
  local client = P .. 'client:' .. was[3]
  redis.call('HINCRBY', KEYS[1], 'attempt', 1)
  redis.call('HSET', KEYS[1], 'state', 'processing', 'lane', ARGV[2], 'run_id', ARGV[3], 'started_at', ARGV[4],
    'stage', 'waiting_for_model')
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', client .. ':waiting', ARGV[1])
  redis.call('ZADD', KEYS[3], was[4], ARGV[1])
  redis.call('ZADD', client .. ':running', was[4], ARGV[1])
  tally(was[5], 'started')
  if was[7] == '0' then
    observe('wait', was[5], math.max(0, tonumber(ARGV[4]) - tonumber(was[6])))
  end
elseif not (was[1] == 'processing' and was[2] == ARGV[3]) then
  return {}
end
return redis.call('HGETALL', KEYS[1])
