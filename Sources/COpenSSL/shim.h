#pragma once
/* The one-shot SHA-256 functions are marked deprecated since OpenSSL 3.0 in favour of EVP, whose
   set-up costs more than the digest of a card number. They stay supported in the 3.x series. */
#define OPENSSL_SUPPRESS_DEPRECATED 1
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
