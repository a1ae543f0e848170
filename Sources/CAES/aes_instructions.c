#include "include/aes_instructions.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <wmmintrin.h>

#define WITH_AES __attribute__((target("aes,sse2")))

bool aes_has_instructions(void) {
  unsigned int eax, ebx, ecx, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_AES);
}

/// Each word of a round key is the sum of the word eight before it and of the word before it, which
/// `assist` has transformed for the first of the four.
WITH_AES static __m128i next_round_key(__m128i eight_before, __m128i assist) {
  __m128i words = _mm_xor_si128(eight_before, _mm_slli_si128(eight_before, 4));
  words = _mm_xor_si128(words, _mm_slli_si128(words, 8));
  return _mm_xor_si128(words, assist);
}

// The round constant is part of the instruction. Even round keys rotate the word before them and add
// the constant (its fourth lane), odd ones substitute its bytes only (the third).
#define EVEN_ROUND_KEY(number, constant)                                                          \
  keys[number] = next_round_key(                                                                  \
      keys[number - 2],                                                                           \
      _mm_shuffle_epi32(_mm_aeskeygenassist_si128(keys[number - 1], constant), 0xFF))
#define ODD_ROUND_KEY(number)                                                                     \
  keys[number] = next_round_key(                                                                  \
      keys[number - 2], _mm_shuffle_epi32(_mm_aeskeygenassist_si128(keys[number - 1], 0), 0xAA))

WITH_AES void aes256_expand_key(const uint8_t *key, struct aes256_round_keys *round_keys) {
  __m128i *keys = (__m128i *)round_keys->bytes;
  keys[0] = _mm_loadu_si128((const __m128i *)key);
  keys[1] = _mm_loadu_si128((const __m128i *)(key + 16));
  EVEN_ROUND_KEY(2, 0x01);
  ODD_ROUND_KEY(3);
  EVEN_ROUND_KEY(4, 0x02);
  ODD_ROUND_KEY(5);
  EVEN_ROUND_KEY(6, 0x04);
  ODD_ROUND_KEY(7);
  EVEN_ROUND_KEY(8, 0x08);
  ODD_ROUND_KEY(9);
  EVEN_ROUND_KEY(10, 0x10);
  ODD_ROUND_KEY(11);
  EVEN_ROUND_KEY(12, 0x20);
  ODD_ROUND_KEY(13);
  EVEN_ROUND_KEY(14, 0x40);
}

WITH_AES struct aes_block aes256_encrypt(
    const struct aes256_round_keys *round_keys, struct aes_block block) {
  const __m128i *keys = (const __m128i *)round_keys->bytes;
  __m128i state = _mm_set_epi64x(
      (long long)__builtin_bswap64(block.low), (long long)__builtin_bswap64(block.high));
  state = _mm_xor_si128(state, keys[0]);
#pragma clang loop unroll(full)
  for (int round = 1; round < 14; round++) state = _mm_aesenc_si128(state, keys[round]);
  state = _mm_aesenclast_si128(state, keys[14]);
  struct aes_block result = {
      __builtin_bswap64((uint64_t)_mm_cvtsi128_si64(state)),
      __builtin_bswap64((uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(state, state)))};
  return result;
}

#else

bool aes_has_instructions(void) { return false; }

void aes256_expand_key(const uint8_t *key, struct aes256_round_keys *round_keys) {
  __builtin_trap();
}

struct aes_block aes256_encrypt(
    const struct aes256_round_keys *round_keys, struct aes_block block) {
  __builtin_trap();
}

#endif
