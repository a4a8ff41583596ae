-- An uploaded file leaves: deleted, expired, or for room. For a while it is known that it was there, and whose it was.
-- KEYS: upload     ARGV: file_id, seconds that this is known
-- Returns the name of its bytes when no other upload has them, and "" when one does or there is no such upload.
local was = redis.call('HMGET', KEYS[1], 'client', 'sha256', 'content')
redis.call('ZREM', P .. 'uploads', ARGV[1])
if not was[1] then
  return ''
end
redis.call('ZREM', P .. 'client:' .. was[1] .. ':uploads', ARGV[1])
redis.call('DEL', KEYS[1])
redis.call('SET', P .. 'gone:' .. ARGV[1], was[1], 'EX', ARGV[2])
redis.call('SREM', P .. 'content:' .. was[2], ARGV[1])
return redis.call('EXISTS', P .. 'content:' .. was[2]) == 0 and was[3] or ''
