-- A completed job gets a link for those who do not know its id, or keeps the one that it has.
-- KEYS: job     ARGV: job_id, a new share_id, 1 when its prompt is shown
-- Returns its share_id, or nothing when it has no result (any more).
local was = redis.call('HMGET', KEYS[1], 'state', 'result_deleted_at', 'share')
if was[1] ~= 'completed' or was[2] then
  return false
end
local share = was[3] or ARGV[2]
redis.call('HSET', KEYS[1], 'share', share)
redis.call('HSET', P .. 'share:' .. share, 'job_id', ARGV[1], 'prompt', ARGV[3])
return share
