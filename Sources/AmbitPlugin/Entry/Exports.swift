// The entry function of a plugin shows a C type in its signature, so authors get the C declarations with the SDK.
@_exported public import CAmbit
