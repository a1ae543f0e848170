#pragma once
#include <stdbool.h>
#include <stdint.h>

/// The round keys of AES-256: one in front of the rounds and one for each of the fourteen.
struct aes256_round_keys {
  _Alignas(16) uint8_t bytes[15][16];
};

/// Sixteen bytes: 0 to 7 and 8 to 15, big-endian.
struct aes_block {
  uint64_t high;
  uint64_t low;
};

/// Whether this processor has instructions for AES that the functions below use; without them they
/// must not be called.
bool aes_has_instructions(void);

/// Expands a key of 32 bytes for encryption (FIPS 197, section 5.2).
void aes256_expand_key(const uint8_t *key, struct aes256_round_keys *round_keys);

/// Encrypts one block (FIPS 197, section 5.1), in a time that depends on neither key nor block.
struct aes_block aes256_encrypt(const struct aes256_round_keys *round_keys, struct aes_block block);
