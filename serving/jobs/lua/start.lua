-- QUEUED -> PROCESSING, for one run. Returns the record, or nothing when the job is not waiting, or
-- the operator lets this lane start none.
-- KEYS: job, waiting, running, and RQ's queue where its envelope is (or none)
-- ARGV: job_id, lane, run_id, now; seconds that its client is charged under fair (0: none); where older jobs may have
--       been passed over: since when this one waits, and the seconds for which that counts; else '', 0
-- Asked again by the same run (its first answer was lost), it answers the same.
local was = redis.call('HMGET', KEYS[1], 'state', 'run_id', 'client', 'seq', 'feature', 'created_at', 'attempt',
  'queue')
if was[1] == 'queued' and is_drained(ARGV[2]) then
  return {}
end
if KEYS[4] then
  redis.call('LREM', KEYS[4], 1, ARGV[1])
  redis.call('EXPIRE', 'rq:job:' .. ARGV[1], 86400) -- whatever becomes of the lane
end
if was[1] == 'queued' then
  local client = P .. 'client:' .. was[3]
  redis.call('HINCRBY', KEYS[1], 'attempt', 1)
  redis.call('HSET', KEYS[1], 'state', 'processing', 'lane', ARGV[2], 'run_id', ARGV[3], 'started_at', ARGV[4],
    'stage', 'waiting_for_model')
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', client .. ':waiting', ARGV[1])
  redis.call('ZADD', KEYS[3], was[4], ARGV[1])
  redis.call('ZADD', client .. ':running', was[4], ARGV[1])
  redis.call('HDEL', P .. 'idle', ARGV[2])
  step_out(ARGV[1], was[3], was[8], ARGV[4])
  tally(was[5], 'started')
  tell(ARGV[1], was[3], 'started')
  if was[7] == '0' then
    observe('wait', was[5], math.max(0, tonumber(ARGV[4]) - tonumber(was[6])))
  end
  if tonumber(ARGV[5]) > 0 then
    serve(was[3], tonumber(ARGV[5]))
    redis.call('HSET', KEYS[1], 'charged_s', ARGV[5], 'charged_at', string.format('%.3f', now_s()))
  end
  if ARGV[6] ~= '' then
    redis.call('ZADD', P .. 'passes', ARGV[4], ARGV[6] .. ' ' .. ARGV[1])
    redis.call('EXPIRE', P .. 'passes', math.ceil(ARGV[7]) + 86400)
  end
elseif not (was[1] == 'processing' and was[2] == ARGV[3]) then
  return {}
end
return redis.call('HGETALL', KEYS[1])
