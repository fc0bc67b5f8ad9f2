// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Lateen.Xds;

/// <summary>Names of resources where nothing says them beside the resource.</summary>
public static class ResourceNames
{
    /// <summary>Field 1 of every type; empty where there is none.</summary>
    public static string Of(Any body)
    {
        var input = new CodedInputStream(body.Value.ToByteArray());
        while (input.ReadTag() is var tag && tag != 0)
        {
            if (
                WireFormat.GetTagFieldNumber(tag) == 1
                && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited
            )
                return input.ReadString();
            input.SkipLastField();
        }
        return "";
    }
}
