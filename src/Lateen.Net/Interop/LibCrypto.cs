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

    [LibraryImport(Library, EntryPoint = "BIO_get_new_index")]
    internal static partial int NewBioIndex();

    [LibraryImport(Library, EntryPoint = "BIO_meth_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint NewBioMethod(int kind, string name);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_read")]
    internal static partial int SetBioRead(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_write")]
    internal static partial int SetBioWrite(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_ctrl")]
    internal static partial int SetBioControl(nint method, nint callback);

    [LibraryImport(Library, EntryPoint = "BIO_meth_get_ctrl")]
    internal static partial nint GetBioControl(nint method);

    [LibraryImport(Library, EntryPoint = "BIO_s_socket")]
    internal static partial nint SocketBioMethod();

    [LibraryImport(Library, EntryPoint = "BIO_new")]
    internal static partial nint NewBio(nint method);

    [LibraryImport(Library, EntryPoint = "BIO_up_ref")]
    internal static partial int ShareBio(nint bio);

    [LibraryImport(Library, EntryPoint = "BIO_set_init")]
    internal static partial void SetBioReady(nint bio, int isReady);

    [LibraryImport(Library, EntryPoint = "BIO_set_flags")]
    [SuppressGCTransition]
    internal static partial void SetBioFlags(nint bio, int flags);

    [LibraryImport(Library, EntryPoint = "BIO_clear_flags")]
    [SuppressGCTransition]
    internal static partial void ClearBioFlags(nint bio, int flags);

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

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_num")]
    internal static partial int CountOf(nint stack);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_value")]
    internal static partial nint ItemOf(nint stack, int index);

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

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get_error_depth")]
    internal static partial int VerifyErrorDepth(nint storeContext);

    /// <summary>The issuers to be trusted, instead of those of the store.</summary>
    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_set0_trusted_stack")]
    internal static partial void SetTrusted(nint storeContext, nint certificates);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_set0_crls")]
    internal static partial void SetRevocationLists(nint storeContext, nint lists);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get0_param")]
    internal static partial nint VerifyParametersOf(nint storeContext);

    [LibraryImport(Library, EntryPoint = "CRYPTO_malloc")]
    internal static partial byte* Allocate(nuint size, nint file, int line);

    [LibraryImport(Library, EntryPoint = "EVP_aes_256_cbc")]
    internal static partial nint Aes256Cbc();

    [LibraryImport(Library, EntryPoint = "EVP_EncryptInit_ex")]
    internal static partial int BeginEncrypting(nint context, nint cipher, nint engine, byte* key, byte* vector);

    [LibraryImport(Library, EntryPoint = "EVP_DecryptInit_ex")]
    internal static partial int BeginDecrypting(nint context, nint cipher, nint engine, byte* key, byte* vector);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_init")]
    internal static partial int BeginMac(nint context, byte* key, nuint length, OsslParameter* parameters);

    [LibraryImport(Library, EntryPoint = "X509_verify_cert_error_string")]
    internal static partial byte* VerifyErrorText(nint error);
}

/// <summary>OSSL_PARAM: a named value; one without a name ends a list.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OsslParameter
{
    public const uint Utf8 = 4;

    public byte* Name;
    public uint Kind;
    public void* Value;
    public nuint Length;
    public nuint Returned;
}
