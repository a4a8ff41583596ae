-- One record, how many jobs wait before it, and how many run.
-- KEYS: job, waiting, running     ARGV: job_id
-- Returns position or -1, number of running jobs, then field, value, …; nothing when there is no such job.
local row = redis.call('HGETALL', KEYS[1])
if #row == 0 then
  return {}
end
return {redis.call('ZRANK', KEYS[2], ARGV[1]) or -1, redis.call('ZCARD', KEYS[3]), row}
