// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Lateen.Net.Interop;

/// <summary>libcrypto of OpenSSL 3: errors, PEM, certificates and their verification.</summary>
internal static unsafe partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    internal static partial void ClearErrors();

    [LibraryImport(Library, EntryPoint = "ERR_get_error")]
    internal static partial ulong TakeError();

    [LibraryImport(Library, EntryPoint = "ERR_reason_error_string")]
    internal static partial byte* ReasonText(ulong error);

    [LibraryImport(Library, EntryPoint = "ERR_lib_error_string")]
    internal static partial byte* LibraryText(ulong error);

    [LibraryImport(Library, EntryPoint = "BIO_new_mem_buf")]
    internal static partial nint NewMemoryBio(byte* bytes, int length);

    [LibraryImport(Library, EntryPoint = "BIO_free")]
    internal static partial int FreeBio(nint bio);

    [LibraryImport(Library, EntryPoint = "BIO_number_read")]
    internal static partial ulong BytesReadBy(nint bio);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509_AUX")]
    internal static partial nint ReadCertificate(nint bio, nint unused, nint passwordCallback, nint password);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_PrivateKey", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ReadPrivateKey(nint bio, nint unused, nint passwordCallback, string password);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509_CRL")]
    internal static partial nint ReadRevocationList(nint bio, nint unused, nint passwordCallback, nint password);

    [LibraryImport(Library, EntryPoint = "X509_free")]
    internal static partial void FreeCertificate(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_CRL_free")]
    internal static partial void FreeRevocationList(nint list);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    internal static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_base_id")]
    internal static partial int KeyKind(nint key);

    [LibraryImport(Library, EntryPoint = "X509_check_private_key")]
    internal static partial int BelongTogether(nint certificate, nint key);

    [LibraryImport(Library, EntryPoint = "i2d_X509")]
    internal static partial int Encode(nint certificate, byte** output);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_new_null")]
    internal static partial nint NewStack();

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_push")]
    internal static partial int Push(nint stack, nint item);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_free")]
    internal static partial void FreeStack(nint stack);

    [LibraryImport(Library, EntryPoint = "X509_STORE_add_cert")]
    internal static partial int AddCertificate(nint store, nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_STORE_add_crl")]
    internal static partial int AddRevocationList(nint store, nint list);

    [LibraryImport(Library, EntryPoint = "X509_VERIFY_PARAM_set_flags")]
    internal static partial int SetVerifyFlags(nint parameters, ulong flags);

    [LibraryImport(Library, EntryPoint = "X509_VERIFY_PARAM_set_depth")]
    internal static partial void SetVerifyDepth(nint parameters, int depth);

    [LibraryImport(Library, EntryPoint = "X509_verify_cert")]
    internal static partial int VerifyChain(nint storeContext);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get0_cert")]
    internal static partial nint LeafOf(nint storeContext);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get_error")]
    internal static partial int VerifyError(nint storeContext);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_set_error")]
    internal static partial void SetVerifyError(nint storeContext, int error);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_set_verify_cb")]
    internal static partial void SetVerifyCallback(
        nint storeContext,
        delegate* unmanaged[Cdecl]<int, nint, int> callback
    );

    [LibraryImport(Library, EntryPoint = "X509_verify_cert_error_string")]
    internal static partial byte* VerifyErrorText(nint error);
}
