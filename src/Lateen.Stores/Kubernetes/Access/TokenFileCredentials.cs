// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;

namespace Lateen.Stores.Kubernetes.Access;

/// <summary>
/// A token in a file that others exchange, as the kubelet does with that of a pod's account. Read again once a minute, as client-go does, and
/// when the server does not know us; while it cannot be read the one read last holds.
/// </summary>
internal sealed class TokenFileCredentials(string path, TimeProvider time) : ClusterCredentials
{
    private static readonly TimeSpan s_age = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private string? _token;
    private long _readAt;

    public override ValueTask<AuthenticationHeaderValue?> AuthorizationAsync(CancellationToken stop)
    {
        lock (_gate)
        {
            if (_token is null || time.GetElapsedTime(_readAt) >= s_age)
                Read();
            return new(new AuthenticationHeaderValue("Bearer", _token));
        }
    }

    public override bool Renew(AuthenticationHeaderValue? used)
    {
        lock (_gate)
        {
            // Others may have found out before.
            if (_token == used?.Parameter)
                Read();
            return _token != used?.Parameter;
        }
    }

    private void Read()
    {
        try
        {
            var text = File.ReadAllText(path).Trim();
            if (text.Length == 0)
                throw new InvalidDataException("it is empty");
            _token = text;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (_token is null)
                throw new CredentialsException($"the token in {path} cannot be read: {failure.Message}", failure);
        }
        _readAt = time.GetTimestamp();
    }
}
