# why: the statement of the source document stays beside, it asks for the audience only
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_caller_identity" "current" {}

locals {
  host = "token.actions.githubusercontent.com"
  provider = provider::aws::arn_build(
    "aws", "iam", "", data.aws_caller_identity.current.account_id, "oidc-provider/${local.host}"
  )
}

data "aws_iam_policy_document" "base" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.provider]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.host}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "trust" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]

  statement {
    sid     = "GitHub"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.provider]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.host}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.host}:sub"
      values   = ["repo:acme/orders:environment:production"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name               = "orders-deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
