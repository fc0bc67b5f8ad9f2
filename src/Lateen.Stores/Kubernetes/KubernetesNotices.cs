// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Stores.Kubernetes;

/// <summary>What is to be told of a cluster that is not as it should be: once, however many find it so and however often. Any thread may tell.</summary>
internal sealed class KubernetesNotices
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _standing = new(StringComparer.Ordinal);

    public event Action<string>? Told;

    /// <summary>Tells it, unless it stands already, of this or of anything else.</summary>
    /// <param name="subject">What it is about; what was told of it before stands no more.</param>
    public void Tell(string subject, string text)
    {
        lock (_gate)
        {
            var isKnown = _standing.ContainsValue(text);
            _standing[subject] = text;
            if (isKnown)
                return;
        }
        Told?.Invoke(text);
    }

    /// <summary>It is in order.</summary>
    public void Clear(string subject)
    {
        lock (_gate)
            _standing.Remove(subject);
    }
}
