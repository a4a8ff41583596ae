-- QUEUED or PROCESSING -> CANCELLED, whoever runs it: the run finds out when it next says where it stands.
-- KEYS: job     ARGV: job_id, now
-- Returns the state that the job has then, or nothing when there is no such job. Ends are left as they are.
local was = redis.call('HMGET', KEYS[1], 'state', 'client', 'feature', 'created_at')
if was[1] ~= 'queued' and was[1] ~= 'processing' then
  return was[1]
end
redis.call('HSET', KEYS[1], 'state', 'cancelled', 'finished_at', ARGV[2], 'stage', '')
retire(ARGV[1], was[2], ARGV[2])
file(ARGV[1], was[2], was[3], was[4], 'cancelled')
tally(was[3], 'cancelled')
tell(ARGV[1], was[2], 'cancelled')
return 'cancelled'
