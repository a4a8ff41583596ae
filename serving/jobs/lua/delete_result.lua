-- A completed job has no files any more: it leaves its client's list, and stays in the history.
-- KEYS: job, client finished     ARGV: job_id, now
-- Returns 1; 0 when the job is gone, has not completed, or its result was deleted before.
local was = redis.call('HMGET', KEYS[1], 'state', 'result_deleted_at', 'client')
if was[1] ~= 'completed' or was[2] then
  return 0
end
redis.call('HSET', KEYS[1], 'result_deleted_at', ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[1])
unshare(KEYS[1])
tell(ARGV[1], was[3], 'result_deleted')
return 1
