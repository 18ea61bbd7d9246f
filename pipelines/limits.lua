-- One turn of one worker at the limits of one endpoint and model, by Redis's clock: what it brings back, what it wants.
-- KEYS[1]: a hash: r and t (requests and tokens there are to spend), at (when they were counted), c (calls at once),
--   slow (1 until the first refusal), cut (when c was last cut), shut (until when nobody may call), rpm and tpm (as the
--   endpoint said), and for each worker w:NAME, "calls under way:believed until".
-- ARGV: worker, calls it has under way, seconds that is believed, most calls it makes at once, first calls at once, rpm, tpm (0: unknown),
--   answers got, refusals got (429), milliseconds the endpoint wants quiet, tokens not used after all,
--   said rpm, said tpm, said requests left, said tokens left, milliseconds until those are more (-1: not said),
--   calls at once of all workers by the operator's word (0: any), then the tokens of each call wanted.
-- Gives: how many of the wanted calls may be made now, milliseconds to wait for the next when it is not for others to end
--   (0: when a call ends), and the calls at once.
local function number(name, other) return tonumber(redis.call('HGET', KEYS[1], name)) or other end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local arg = {}
for i = 2, #ARGV do arg[i] = tonumber(ARGV[i]) end
local most, rpm, tpm = arg[4], arg[6], arg[7]
local cap = arg[17] > 0 and arg[17] or 512

local heard = {rpm = number('rpm', 0), tpm = number('tpm', 0)}
for name, said in pairs({rpm = arg[12], tpm = arg[13]}) do
  if said > 0 and said ~= heard[name] then
    redis.call('HSET', KEYS[1], name, said)
    redis.call('HDEL', KEYS[1], name == 'rpm' and 'r' or 't')
    heard[name] = said
  end
end
if rpm == 0 then rpm = heard.rpm end
if tpm == 0 then tpm = heard.tpm end

local at = number('at', now)
local r = math.min(rpm, number('r', rpm) + (now - at) * rpm / 60000)
local t = math.min(tpm, number('t', tpm) + (now - at) * tpm / 60000 + arg[11])
if arg[14] >= 0 then r = math.min(r, arg[14]) end
if arg[15] >= 0 then t = math.min(t, arg[15]) end

local held = 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 2) == 'w:' and all[i] ~= 'w:' .. ARGV[1] then
    local count, believed = string.match(all[i + 1], '^(%d+):(%d+)$')
    if tonumber(believed) < now then redis.call('HDEL', KEYS[1], all[i]) else held = held + tonumber(count) end
  end
end

local c, slow, shut = math.min(cap, number('c', arg[5])), number('slow', 1), number('shut', 0)
if arg[9] > 0 then
  if now - number('cut', 0) > 1000 then
    c = math.max(1, c * 0.7)
    redis.call('HSET', KEYS[1], 'cut', now)
  end
  slow = 0
elseif arg[8] > 0 and (held + arg[2] + arg[8]) * 2 >= c then
  c = math.min(cap, c + (slow == 1 and arg[8] or arg[8] / c))
end
if arg[10] > 0 then shut = math.max(shut, now + arg[10]) end
if arg[14] == 0 and arg[16] > 0 then shut = math.max(shut, now + arg[16]) end

local mine, granted, wait = arg[2], 0, 0
for i = 18, #ARGV do
  local tokens = math.min(arg[i], tpm)
  if now < shut then wait = shut - now break end
  if mine + 1 > most or held + mine + 1 > math.max(1, math.floor(c)) then break end
  if rpm > 0 and r < 1 then wait = math.ceil((1 - r) * 60000 / rpm) break end
  if tpm > 0 and t < tokens then wait = math.ceil((tokens - t) * 60000 / tpm) break end
  r, t, mine, granted = r - 1, t - tokens, mine + 1, granted + 1
end

redis.call('HSET', KEYS[1], 'r', r, 't', t, 'at', now, 'c', c, 'slow', slow, 'shut', shut,
  'w:' .. ARGV[1], mine .. ':' .. (now + math.floor(arg[3] * 1000)))
redis.call('PEXPIRE', KEYS[1], 3600000)
return {granted, wait, math.floor(c)}
