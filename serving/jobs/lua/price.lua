-- Note what weights take on a GPU, unless more is known. After a month all is forgotten and measured anew.
-- KEYS: prices     ARGV: name, MiB, seconds of a month
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0') < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
if redis.call('TTL', KEYS[1]) < 0 then
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
