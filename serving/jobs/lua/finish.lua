-- PROCESSING -> COMPLETED or FAILED by the run that has it, or QUEUED -> FAILED with an empty run_id.
-- KEYS: job, pace     ARGV: job_id, run_id, now, then field, value, …, the state first
-- Returns 1, or 0 when the job is not this run's (any more). Asked again, it answers the same.
local was = redis.call('HMGET', KEYS[1], 'state', 'run_id', 'client', 'feature', 'created_at', 'started_at')
local now = ARGV[5]
local waiting = was[1] == 'queued' and ARGV[2] == '' and now == 'failed'
local mine = was[2] == ARGV[2]
if mine and was[1] == now then
  return 1
end
if not (waiting or (mine and was[1] == 'processing')) then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
if now == 'completed' then
  local seconds = tonumber(ARGV[3]) - tonumber(was[6])
  redis.call('LPUSH', KEYS[2], seconds)
  redis.call('LTRIM', KEYS[2], 0, 19)
  observe('run', was[4], math.max(0, seconds))
end
if now == 'failed' then
  local began, why = tonumber(was[6] or '0'), redis.call('HMGET', KEYS[1], 'error_code', 'error')
  redis.call('LPUSH', P .. 'failures', cjson.encode({
    job_id = ARGV[1], client = was[3], feature = was[4], model_id = string.sub(KEYS[2], #(P .. 'pace:') + 1),
    code = why[1] or '', message = why[2] or '', at = tonumber(ARGV[3]),
    run_s = began > 0 and tonumber(ARGV[3]) - began or nil
  }))
  redis.call('LTRIM', P .. 'failures', 0, 99)
end
retire(ARGV[1], was[3], ARGV[3])
file(ARGV[1], was[3], was[4], was[5], now)
tally(was[4], now)
tell(ARGV[1], was[3], now)
return 1
