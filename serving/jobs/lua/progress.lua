-- Say where a run stands. The percentage never falls, not even when a second run begins anew.
-- KEYS: job     ARGV: job_id, run_id, stage, progress
-- Returns 1, or 0 when the job is no longer this run's.
local was = redis.call('HMGET', KEYS[1], 'state', 'run_id', 'progress', 'stage', 'client')
if was[1] ~= 'processing' or was[2] ~= ARGV[2] then
  return 0
end
local progress = tonumber(ARGV[4]) > tonumber(was[3]) and ARGV[4] or was[3]
if progress ~= was[3] or ARGV[3] ~= was[4] then
  redis.call('HSET', KEYS[1], 'stage', ARGV[3], 'progress', progress)
  tell(ARGV[1], was[5], 'progress')
end
return 1
