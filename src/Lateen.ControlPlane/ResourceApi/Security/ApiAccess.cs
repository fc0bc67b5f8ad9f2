// SPDX-License-Identifier: Apache-2.0
using Lateen.ControlPlane.ResourceApi.Http;

namespace Lateen.ControlPlane.ResourceApi.Security;

/// <summary>Who may do what. Whoever is in no group of ours is known, and may see what kinds there are, and nothing else.</summary>
internal static class ApiAccess
{
    /// <summary>Why not; null when it may be.</summary>
    /// <param name="verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c> and so on.</param>
    public static ApiStatus? Refusal(ApiUser user, string verb, ApiTarget target)
    {
        if (user.Groups.Contains(ApiUser.Masters))
            return null;
        var isReading = verb is "get" or "list" or "watch";
        if (isReading && user.Groups.Contains(ApiUser.Readers) && target.Kind.Plural != "secrets")
            return null;
        var where = target.Namespace.Length > 0 ? $" in the namespace \"{target.Namespace}\"" : " at the cluster scope";
        var name = target.IsCollection ? "" : $" \"{target.Name}\"";
        return ApiStatus.Forbidden(
            $"{target}{name} is forbidden: User \"{user.Name}\" cannot {verb} resource \"{target.Kind.Plural}\" in API group \"{target.Kind.Group}\"{where}"
        ) with
        {
            Target = target,
            Name = target.IsCollection ? null : target.Name,
        };
    }
}
