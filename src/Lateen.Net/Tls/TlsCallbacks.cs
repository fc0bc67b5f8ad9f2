// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lateen.Net.Async;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// What OpenSSL calls back, on the thread and within the call of the engine it is about. Nothing may be thrown through
/// native frames: a bug is reported and answered with refusal.
/// </summary>
internal static unsafe class TlsCallbacks
{
    private const int Refused = 0;
    private const int Accepted = 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int OnVerifyPeer(nint storeContext, nint argument)
    {
        try
        {
            var engine = TlsEngine.Current!;
            return engine.Context.Verifier!.Verify(storeContext, engine);
        }
        catch (Exception failure)
        {
            LoopFailures.Report(failure);
            return Refused;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int OnCertificateWanted(nint ssl, nint argument)
    {
        try
        {
            return TlsEngine.Current!.InstallCertificate() ? Accepted : Refused;
        }
        catch (Exception failure)
        {
            LoopFailures.Report(failure);
            return Refused;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int OnAlpnOffered(
        nint ssl,
        byte** selected,
        byte* selectedLength,
        byte* offered,
        uint length,
        nint argument
    )
    {
        // OpenSSL has checked the list's form (RFC 7301 §3.1).
        var at = TlsEngine.Current!.Context.SelectProtocol(new ReadOnlySpan<byte>(offered, (int)length));
        if (at < 0)
            return OpenSslResult.AlpnNone;
        *selected = offered + at + 1;
        *selectedLength = offered[at];
        return OpenSslResult.AlpnSelected;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int OnStatusWanted(nint ssl, nint argument)
    {
        try
        {
            return TlsEngine.Current!.InstallStaple() ? OpenSslResult.StatusSent : OpenSslResult.StatusOmitted;
        }
        catch (Exception failure)
        {
            LoopFailures.Report(failure);
            return OpenSslResult.StatusOmitted;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int OnTicketKeyWanted(nint ssl, byte* name, byte* vector, nint cipher, nint mac, int isNew)
    {
        try
        {
            return TlsEngine.Current!.Context.TicketKeys!.Prepare(name, vector, cipher, mac, isNew == 1);
        }
        catch (Exception failure)
        {
            LoopFailures.Report(failure);
            return -1;
        }
    }

    /// <summary>A client got a session. 1 keeps the reference, 0 lets OpenSSL drop it.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int OnNewSession(nint ssl, nint session) =>
        TlsEngine.Current?.Sessions?.Keep(TlsEngine.Current, session) == true ? Accepted : Refused;
}
