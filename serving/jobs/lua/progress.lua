-- Say where a run stands. The percentage never falls, not even when a second run begins anew.
-- KEYS: job     ARGV: run_id, stage, progress
-- Returns 1, or 0 when the job is no longer this run's.
local was = redis.call('HMGET', KEYS[1], 'state', 'run_id', 'progress')
if was[1] ~= 'processing' or was[2] ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'stage', ARGV[2], 'progress',
  tonumber(ARGV[3]) >= tonumber(was[3]) and ARGV[3] or was[3])
return 1
