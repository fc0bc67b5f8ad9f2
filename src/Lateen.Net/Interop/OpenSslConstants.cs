// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Net.Interop;

/// <summary>Numbers from OpenSSL 3's headers; they are its binary interface and do not change within the major version.</summary>
internal static class OpenSslControl
{
    public const int Mode = 33;
    public const int SetReadAhead = 41;
    public const int SetSessionCacheSize = 42;
    public const int SetSessionCacheMode = 44;
    public const int SetServerName = 55;
    public const int SetStatusCallback = 63;
    public const int SetStatusResponse = 71;
    public const int SetGroups = 92;
    public const int SetSignatureAlgorithms = 98;
    public const int GetPeerSignatureHash = 108;
    public const int SetMinVersion = 123;
    public const int SetMaxVersion = 124;
    public const int GetStatusKind = 127;
    public const int GetNegotiatedGroup = 134;
}

internal static class OpenSslFlags
{
    public const int EnablePartialWrite = 0x1;
    public const int AcceptMovingWriteBuffer = 0x2;
    public const int ReleaseBuffers = 0x10;

    public const int BioReads = 0x1;
    public const int BioWrites = 0x2;
    public const int BioShouldRetry = 0x8;
    public const int BioIsAtEnd = 0x800;
    public const int BioSourceAndSink = 0x400;

    public const ulong IgnoreUnexpectedEof = 1UL << 7;
    public const ulong NoTicket = 1UL << 14;
    public const ulong NoCompression = 1UL << 17;
    public const ulong PrioritizeChaCha = 1UL << 21;
    public const ulong CipherServerPreference = 1UL << 22;
    public const ulong NoRenegotiation = 1UL << 30;

    public const int SessionCacheOff = 0;
    public const int SessionCacheClientOutside = 0x301;
    public const int SessionCacheServer = 0x2;

    public const int VerifyPeer = 0x1;
    public const int VerifyFailWithoutCertificate = 0x2;

    public const ulong CheckLeafRevocation = 0x4;
    public const ulong CheckChainRevocation = 0x8;
    public const ulong PartialChain = 0x80000;
    public const ulong IgnoreTimes = 0x200000;
}

internal static class OpenSslResult
{
    public const int Protocol = 1;
    public const int WantRead = 2;
    public const int WantWrite = 3;
    public const int SystemCall = 5;
    public const int EndOfStream = 6;

    public const int AlpnSelected = 0;
    public const int AlpnNone = 3;

    public const int StatusSent = 0;
    public const int StatusOmitted = 3;
    public const int StatusIsOcsp = 1;

    public const int VerifyOk = 0;
    public const int InvalidNonAuthority = 37;

    public const int ReasonMask = 0x7FFFFF;
    public const int ReasonNoPeerCertificate = 199;
}

internal static class OpenSslNames
{
    public const int HostName = 0;

    public const int KeyRsa = 6;
    public const int KeyEc = 408;
    public const int SignRsaPss = 912;
    public const int SignEd25519 = 1087;
    public const int SignEd448 = 1088;
    public const int HashSha1 = 64;
    public const int HashSha256 = 672;
    public const int HashSha384 = 673;
    public const int HashSha512 = 674;
    public const int ExchangeRsa = 1037;
    public const int AuthenticationEcdsa = 1047;

    public const int GroupP256 = 415;
    public const int GroupP384 = 715;
    public const int GroupP521 = 716;
    public const int GroupX25519 = 1034;
    public const int GroupX448 = 1035;
}
