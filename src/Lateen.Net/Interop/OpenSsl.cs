// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Lateen.Net.Interop;

/// <summary>
/// libssl of OpenSSL 3, as in its man pages. The library is loaded with the first call, so a proxy without TLS does not
/// carry it.
/// </summary>
internal static unsafe partial class OpenSsl
{
    private const string Library = "libssl.so.3";

    [LibraryImport(Library, EntryPoint = "TLS_server_method")]
    internal static partial nint ServerMethod();

    [LibraryImport(Library, EntryPoint = "TLS_client_method")]
    internal static partial nint ClientMethod();

    [LibraryImport(Library, EntryPoint = "SSL_CTX_new")]
    internal static partial nint NewContext(nint method);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_free")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_ctrl")]
    internal static partial nint ControlContext(nint context, int command, nint number, nint pointer);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_ctrl", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ControlContext(nint context, int command, nint number, string text);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_callback_ctrl")]
    internal static partial nint SetStatusCallback(
        nint context,
        int command,
        delegate* unmanaged[Cdecl]<nint, nint, int> callback
    );

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_tlsext_ticket_key_evp_cb")]
    internal static partial int SetTicketKeyCallback(
        nint context,
        delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint, nint, int, int> callback
    );

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get_ciphers")]
    internal static partial nint GetCiphers(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_options")]
    internal static partial ulong SetContextOptions(nint context, ulong options);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_security_level")]
    internal static partial void SetSecurityLevel(nint context, int level);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetCipherList(nint context, string ciphers);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_ciphersuites", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetCipherSuites(nint context, string suites);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_verify")]
    internal static partial void SetVerify(nint context, int mode, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    internal static partial void SetCertificateVerifyCallback(
        nint context,
        delegate* unmanaged[Cdecl]<nint, nint, int> callback,
        nint argument
    );

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cert_cb")]
    internal static partial void SetCertificateCallback(
        nint context,
        delegate* unmanaged[Cdecl]<nint, nint, int> callback,
        nint argument
    );

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    internal static partial void SetAlpnSelectCallback(
        nint context,
        delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, nint, int> callback,
        nint argument
    );

    [LibraryImport(Library, EntryPoint = "SSL_CTX_sess_set_new_cb")]
    internal static partial void SetNewSessionCallback(
        nint context,
        delegate* unmanaged[Cdecl]<nint, nint, int> callback
    );

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_session_id_context")]
    internal static partial int SetSessionIdContext(nint context, byte* id, uint length);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_timeout")]
    internal static partial nint SetSessionTimeout(nint context, nint seconds);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_num_tickets")]
    internal static partial int SetTicketCount(nint context, nuint count);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_use_cert_and_key")]
    internal static partial int UseCertificate(nint context, nint leaf, nint key, nint chain, int replace);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get_cert_store")]
    internal static partial nint GetCertificateStore(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_add_client_CA")]
    internal static partial int AddClientAuthority(nint context, nint certificate);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get0_param")]
    internal static partial nint GetVerifyParameters(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_new")]
    internal static partial nint New(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_free_buffers")]
    internal static partial int FreeBuffers(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_free")]
    internal static partial void Free(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_ctrl", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Control(nint ssl, int command, nint number, string text);

    [LibraryImport(Library, EntryPoint = "SSL_ctrl")]
    internal static partial nint Control(nint ssl, int command, nint number, nint pointer);

    [LibraryImport(Library, EntryPoint = "SSL_set_bio")]
    internal static partial void SetBio(nint ssl, nint reader, nint writer);

    [LibraryImport(Library, EntryPoint = "SSL_set_accept_state")]
    internal static partial void SetAcceptState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_connect_state")]
    internal static partial void SetConnectState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_alpn_protos")]
    internal static partial int SetAlpnProtocols(nint ssl, byte* protocols, uint length);

    [LibraryImport(Library, EntryPoint = "SSL_do_handshake")]
    internal static partial int DoHandshake(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_read")]
    internal static partial int Read(nint ssl, byte* buffer, int length);

    [LibraryImport(Library, EntryPoint = "SSL_peek")]
    internal static partial int Peek(nint ssl, byte* buffer, int length);

    [LibraryImport(Library, EntryPoint = "SSL_write")]
    internal static partial int Write(nint ssl, byte* buffer, int length);

    [LibraryImport(Library, EntryPoint = "SSL_shutdown")]
    internal static partial int Shutdown(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_error")]
    [SuppressGCTransition]
    internal static partial int GetError(nint ssl, int result);

    [LibraryImport(Library, EntryPoint = "SSL_has_pending")]
    [SuppressGCTransition]
    internal static partial int HasPending(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_servername")]
    internal static partial byte* GetServerName(nint ssl, int kind);

    [LibraryImport(Library, EntryPoint = "SSL_get0_alpn_selected")]
    internal static partial void GetAlpnSelected(nint ssl, byte** protocol, uint* length);

    [LibraryImport(Library, EntryPoint = "SSL_get_version")]
    internal static partial byte* GetVersion(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_current_cipher")]
    internal static partial nint GetCurrentCipher(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_CIPHER_get_name")]
    internal static partial byte* GetCipherName(nint cipher);

    [LibraryImport(Library, EntryPoint = "SSL_get_pending_cipher")]
    internal static partial nint GetPendingCipher(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_CIPHER_get_kx_nid")]
    internal static partial int GetKeyExchange(nint cipher);

    [LibraryImport(Library, EntryPoint = "SSL_CIPHER_get_auth_nid")]
    internal static partial int GetAuthentication(nint cipher);

    [LibraryImport(Library, EntryPoint = "SSL_get_client_ciphers")]
    internal static partial nint GetClientCiphers(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_sigalgs")]
    internal static partial int GetSignatureAlgorithms(
        nint ssl,
        int index,
        int* sign,
        int* hash,
        int* both,
        byte* rawSign,
        byte* rawHash
    );

    [LibraryImport(Library, EntryPoint = "SSL_version")]
    [SuppressGCTransition]
    internal static partial int GetVersionNumber(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_peer_signature_type_nid")]
    internal static partial int GetPeerSignatureKind(nint ssl, int* kind);

    [LibraryImport(Library, EntryPoint = "SSL_get_verify_result")]
    internal static partial nint GetVerifyResult(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_peer_cert_chain")]
    internal static partial nint GetPeerChain(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_session")]
    internal static partial nint GetSession(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_get_id")]
    internal static partial byte* GetSessionId(nint session, uint* length);

    [LibraryImport(Library, EntryPoint = "SSL_session_reused")]
    internal static partial int IsSessionReused(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get1_peer_certificate")]
    internal static partial nint GetPeerCertificate(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_certificate")]
    internal static partial nint GetOwnCertificate(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_certs_clear")]
    internal static partial void ClearCertificates(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_use_cert_and_key")]
    internal static partial int UseCertificateFor(nint ssl, nint leaf, nint key, nint chain, int replace);

    [LibraryImport(Library, EntryPoint = "SSL_set_session")]
    internal static partial int SetSession(nint ssl, nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_free")]
    internal static partial void FreeSession(nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_get_protocol_version")]
    internal static partial int GetSessionVersion(nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_is_resumable")]
    internal static partial int IsResumable(nint session);
}
