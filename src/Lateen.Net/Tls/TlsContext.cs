// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Lateen.Net.Interop;

namespace Lateen.Net.Tls;

/// <summary>
/// All that handshakes of one configuration share: certificates, trust, versions, and the keys of its session tickets.
/// Immutable, and safe for every loop; it is built off the loops, since reading keys takes its time. A connection keeps
/// the context it began with; exchanging a context means giving new connections another one.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "Connections and configurations share it; the handle frees itself after the last."
)]
public sealed class TlsContext
{
    private readonly Handle _handle;
    private readonly byte[][] _protocols;
    private readonly List<NativeCertificate> _certificates;

    private TlsContext(TlsOptions options, nint native, List<NativeCertificate> certificates)
    {
        _handle = new Handle(native, certificates);
        _certificates = certificates;
        Options = options;
        _protocols = AlpnList.Split(options.ApplicationProtocols);
        Selector = certificates.Count > 0 ? new CertificateSelector(certificates) : null;
    }

    public TlsOptions Options { get; }

    public TlsRole Role => Options.Role;

    /// <summary>What this side shows by default; null when it has no certificate.</summary>
    public PeerCertificate? OwnCertificate => _certificates.Count > 0 ? _certificates[0].Description : null;

    /// <summary>Every certificate this side may show, for <c>/certs</c> and the like.</summary>
    public IEnumerable<PeerCertificate> OwnCertificates
    {
        get
        {
            foreach (var certificate in _certificates)
            {
                if (certificate.Description is { } description)
                    yield return description;
            }
        }
    }

    internal nint Native => _handle.DangerousGetHandle();

    internal CertificateSelector? Selector { get; }

    internal PeerVerifier? Verifier { get; private set; }

    /// <exception cref="TlsConfigurationException">Something in the options cannot be used; the message names it.</exception>
    public static TlsContext Create(TlsOptions options)
    {
        var certificates = new List<NativeCertificate>();
        TlsContext context;
        try
        {
            foreach (var certificate in options.Certificates)
                certificates.Add(new NativeCertificate(certificate));
            var method = options.Role == TlsRole.Server ? OpenSsl.ServerMethod() : OpenSsl.ClientMethod();
            context = new TlsContext(options, OpenSsl.NewContext(method), certificates);
        }
        catch
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
            throw;
        }
        TlsContextSetup.Apply(context, certificates);
        if (ValidationOf(options) is { } validation)
            context.Verifier = new PeerVerifier(validation, options.RequireClientCertificate);
        GC.KeepAlive(context);
        return context;
    }

    /// <summary>How the peer is checked; a server that requires a certificate and trusts nobody refuses everybody.</summary>
    internal static PeerValidation? ValidationOf(TlsOptions options) =>
        options.Validation ?? (options.RequireClientCertificate ? new PeerValidation() : null);

    /// <summary>The first of our protocols that a client's list holds: its place in that list; -1 for none.</summary>
    internal int SelectProtocol(ReadOnlySpan<byte> offered)
    {
        foreach (var protocol in _protocols)
        {
            for (var at = 0; at < offered.Length; at += offered[at] + 1)
            {
                if (offered.Slice(at + 1, offered[at]).SequenceEqual(protocol))
                    return at;
            }
        }
        return -1;
    }

    /// <summary>Frees the context when the last connection and the last configuration have let go of it.</summary>
    private sealed class Handle : SafeHandle
    {
        private readonly List<NativeCertificate> _certificates;

        public Handle(nint native, List<NativeCertificate> certificates)
            : base(0, ownsHandle: true)
        {
            _certificates = certificates;
            SetHandle(native);
        }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            OpenSsl.FreeContext(handle);
            foreach (var certificate in _certificates)
                certificate.Dispose();
            return true;
        }
    }
}
